"""Train the model of divergence, `quotes/findings/divergence/model.npz` (read by `model.py` beside it).

It predicts from the encoder's features of every word whether two passages differ in meaning, and which words of each
have no equivalent on the other side.

Training data, for `en-ru`, `en-zh` and `ru-zh`:

- *passages*: faithful pairs cut from the references and some system outputs of WMT22's general test sets (for research
  use, https://www.statmt.org/wmt22/) and the first 750 lines of FLORES-200 devtest (CC BY-SA 4.0,
  https://github.com/facebookresearch/flores): whole lines, clauses that align, and runs of words that align;
- *planted*: those passages with one change planted in their Russian or Chinese words by rule (`changes.py`);
- *written*: `benchmarks/gold/alterations-w*.jsonl`, faithful, reworded and altered versions that a language model wrote
  one by one for this purpose (CC BY-SA 4.0, as some quote FLORES), paired in every way, `ru-ru` and `zh-zh` as well.

Training has three stages (`training.Plan`), from mostly planted to mostly written pairs. Held out: set w4 of the
written ones, whose lines of FLORES no passage is from, set w9, and the planted pairs of every 60th passage. NTREX and
the sample articles are not used. Training ends after a fixed number of epochs, regardless of the held-out pairs.

The two published networks were trained during development: both began with the first stage; one went through the
second, the other did not; both ended with the third twice (5 or 6 epochs, then 4 without punctuation at the ends of
passages, which is now left out from the start). A new run produces similar networks, not the same ones.

Everything is seeded: `passages` 7, `corrupt` 11, `train` by `--seeds`. Sums of floating-point numbers depend on the
machine, so networks trained on two machines are similar, not equal.

Steps, in this order; WORK takes 6 GB, TOLMACH_SHARED is the folder with `testsets/`. Times are approximate, for two
cores of an Intel Xeon server without an accelerator; 8 GB of memory suffice:

    python -m training.quote_network passages --work WORK   # 3 minutes: passages.jsonl
    python -m training.quote_network corrupt --work WORK    # 4 minutes: planted.jsonl
    python -m training.quote_network written --work WORK    # 1 minute: written.jsonl
    python -m training.quote_network encode --work WORK     # 3 minutes: features.npy, rarity.npy, texts.jsonl
    python -m training.quote_network train --work WORK      # 25 minutes for each seed: network-SEED.pt
    python -m training.quote_network export --work WORK     # seconds: quotes/findings/divergence/model.npz

`--limit` in the first three steps makes a small trial run. Only `train` and `export` need torch.
"""
