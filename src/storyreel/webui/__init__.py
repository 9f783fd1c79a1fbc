"""The studio in the browser: its built files, served beside the API, of which it is a plain client."""
