"""What every page is made of: the page decorator, components, words for refusals, forms from a schema."""
