"""Engines on other machines: any HTTP worker that takes a job, and answers at once or calls back."""

ID = "remote_node"
