// Short messages at the foot of the page, with at most one thing to do.

export type Toast = {
  id: number
  tone: 'info' | 'good' | 'bad'
  text: string
  action?: { label: string; run: () => void }
}

const SHOWN_MS = 6000

class Toasts {
  shown = $state<Toast[]>([])
  #next = 1

  show(toast: Omit<Toast, 'id'>, milliseconds = SHOWN_MS): number {
    const id = this.#next++
    this.shown = [...this.shown.slice(-2), { ...toast, id }]
    setTimeout(() => this.close(id), milliseconds)
    return id
  }

  close(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id)
  }
}

export const toasts = new Toasts()
