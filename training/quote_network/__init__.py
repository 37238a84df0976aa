"""Train the model of divergence, `quotes/findings/divergence/model.npz` (read by `model.py` beside it).

It predicts from the encoder's features of every word whether two passages differ in meaning, and which words of each
have no equivalent on the other side.

From what, for `en-ru`, `en-zh` and `ru-zh`, and for two wordings in Russian or Chinese:

- *passages*: faithful pairs cut from WMT's general test sets of 2021, 2022 and 2024 (for research use,
  https://www.statmt.org/wmt22/), which have up to thirty translations of each line: whole lines, clauses that align,
  and runs of words that align. The tenth of the lines that are least alike is left out, as are short translations;
- *planted*: those passages with one change planted in their Russian or Chinese words by rule, in nine kinds
  (`changes.py`); the tenth kind of the alterations, another speaker, is none of words;
- *written*: `benchmarks/gold/alterations-w*.jsonl`, faithful, reworded and altered versions that a language model wrote
  one by one for this purpose (CC BY-SA 4.0, as some quote FLORES), paired in every way, `ru-ru` and `zh-zh` as well.

Training has stages (`training.Plan`), from mostly planted to mostly written pairs; the layers that judge a pair end
with mostly planted ones. Held out: set w4 of the written ones, set w9, and the passages of every 60th line. NTREX and
the sample articles are not used. Training ends after a fixed number of epochs, regardless of the held-out pairs.

What is shipped: the layers that read words were trained earlier, on passages of WMT22 and of the first 750 lines of
FLORES-200 devtest with fewer kinds of change, and on the written sets. The layers that judge a pair were trained anew
(the last stage) on 10,000 passages (`corrupt --limit 10000`). Training the layers of words further on these, for one
epoch, knew planted changes better and real ones no better. A new run gives networks like them, not the same.

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
