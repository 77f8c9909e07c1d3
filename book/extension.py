"""What the book adds to Sphinx: questions with answers (`quiz`), launch buttons, and the cache that fits the present netlib."""

import os

from book import cache, launch, quiz


def setup(app):
    """Register the book's directive, launch buttons and cache with Sphinx."""
    app.add_config_value("comments_config", {}, "env")  # Jupyter Book sets it, though its extension for comments is not loaded
    app.connect("config-inited", use_the_books_cache)
    quiz.setup(app)
    launch.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def use_the_books_cache(app, config):
    """Take outputs from the folder that `book.build` has filled, or else from the one that belongs to netlib as it is now."""
    config.nb_execution_cache_path = os.environ.get("BOOK_CACHE") or str(cache.folder())
