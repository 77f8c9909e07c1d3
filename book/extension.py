"""What the book adds to Sphinx: questions with answers (`quiz`), launch buttons, and the cache that fits the present netlib."""

from book import cache, launch, quiz


def setup(app):
    """Register the book's directive, its launch buttons and its files with Sphinx."""
    app.add_config_value("comments_config", {}, "env")  # Jupyter Book sets it, though its extension for comments is not loaded
    app.connect("config-inited", use_the_books_cache)
    app.connect("config-inited", add_explorer_files)
    quiz.setup(app)
    launch.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def use_the_books_cache(app, config):
    """Take outputs from the folder that belongs to netlib as it is now, whoever started the build."""
    config.nb_execution_cache_path = str(cache.folder())


def add_explorer_files(app, config):
    """Put the scripts and styles of the experiments (explore.js, explore.css) on every page."""
    for path in sorted((cache.ROOT / "book" / "_static").glob("explore.*s")):
        (app.add_js_file if path.suffix == ".js" else app.add_css_file)(path.name)
