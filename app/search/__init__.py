"""One search box: the words people write, what they mean, and the rows an index finds for them."""
