"""The foundation of all packages, independent of text: errors, atomic files, progress, downloads, chat clients."""
