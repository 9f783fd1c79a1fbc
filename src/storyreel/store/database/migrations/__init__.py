"""Alembic's migrations, forward only; `Database.migrate` runs them."""
