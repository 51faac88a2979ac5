"""The payment page a session's `url` leads to: plain HTML, one form, no scripts."""
