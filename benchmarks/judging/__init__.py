"""How the understanding of stories is judged: annotated stories, and what a storyboard makes of them."""
