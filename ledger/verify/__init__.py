"""The self-check of the books: what each rule is, as a statement that lists what breaks it."""
