"""What makes the site and the notebooks out of the chapters."""
