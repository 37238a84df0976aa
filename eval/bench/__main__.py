"""`python -m eval.bench` is a worker of `eval.bench.runner`: it runs one model, and talks to its parent alone."""

from eval.bench.worker import main

if __name__ == "__main__":
    main()
