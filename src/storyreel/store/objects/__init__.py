"""Made files: immutable, named by the server, published whole or not at all; and the signed links to them."""
