"""Runs the migrations on the connection that `Database.migrate` opened."""

from alembic import context

from storyreel.store.database.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
