"""Engines that run a user's own ComfyUI workflow, on one or several servers."""

ID = "comfyui"
