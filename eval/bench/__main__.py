"""`python -m eval.bench` is a worker process of `eval.bench.runner`: it runs one model for its parent."""

from eval.bench.worker import main

if __name__ == "__main__":
    main()
