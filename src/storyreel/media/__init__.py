"""Pictures and voices become a film: timeline → segments → frames → encode → join; and the sound beside it."""
