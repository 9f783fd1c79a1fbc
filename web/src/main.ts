import { mount } from 'svelte'
import './app.css'
import App from './App.svelte'

// With its letters from the first on, so that no line breaks elsewhere when they come; a slow line is not waited for.
const letters = document.fonts.load('1em Inter').catch(() => undefined)
const patience = new Promise((go) => setTimeout(go, 500))
void Promise.race([letters, patience]).then(() => mount(App, { target: document.getElementById('app')! }))
