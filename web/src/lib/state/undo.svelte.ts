// Undo and redo of what was done through the API: a stack of commands, run one after the other.

export type Command = {
  /** What was done, as the button's title says it. */
  label: string
  /** Edits with the same key in a row become one step: a text that is being typed. */
  merge?: string
  run: () => Promise<unknown>
  undo: () => Promise<unknown>
}

const MERGE_MS = 2000
const KEPT_STEPS = 200

export class UndoStack {
  #done = $state.raw<Command[]>([])
  #undone = $state.raw<Command[]>([])
  #queue: Promise<unknown> = Promise.resolve()
  #last = 0

  constructor(
    private readonly failed: (error: unknown) => void = () => {},
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** What undo would take back; undefined when there is nothing. */
  get undoable(): Command | undefined {
    return this.#done.at(-1)
  }

  get redoable(): Command | undefined {
    return this.#undone.at(-1)
  }

  /** Does it; when it fails it is not on the stack and `failed` is told. Resolves to whether it was done. */
  do(command: Command): Promise<boolean> {
    return this.#next(async () => {
      await command.run()
      const top = this.undoable
      const soon = this.now() - this.#last < MERGE_MS
      const merged = top && command.merge && top.merge === command.merge && soon ? { ...command, undo: top.undo } : null
      this.#done = merged ? [...this.#done.slice(0, -1), merged] : [...this.#done, command].slice(-KEPT_STEPS)
      this.#undone = []
      this.#last = this.now()
    })
  }

  undo(): Promise<boolean> {
    return this.#next(async () => {
      const command = this.undoable
      if (!command) return
      await command.undo()
      this.#done = this.#done.slice(0, -1)
      this.#undone = [...this.#undone, command]
      this.#last = 0
    })
  }

  redo(): Promise<boolean> {
    return this.#next(async () => {
      const command = this.redoable
      if (!command) return
      await command.run()
      this.#undone = this.#undone.slice(0, -1)
      this.#done = [...this.#done, command]
      this.#last = 0
    })
  }

  clear(): void {
    this.#done = []
    this.#undone = []
  }

  #next(step: () => Promise<void>): Promise<boolean> {
    const turn = this.#queue.then(step).then(
      () => true,
      (error: unknown) => {
        this.failed(error)
        return false
      },
    )
    this.#queue = turn
    return turn
  }
}
