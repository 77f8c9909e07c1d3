"""Where the reader sits: what the modules of the edge need to know before they show something."""


def in_ipython():
    """Whether this runs in IPython or in a notebook's kernel, where things are displayed and not printed."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return get_ipython() is not None
