/** What a grid shows of one cell. `fault` is a sentence; `before` the value that a change replaces. */
export interface Cell {
  text: string;
  fault?: string;
  before?: string;
  isEdited?: boolean;
}

export interface Column {
  id: string;
  title: string;
  width: number;
  isNumber?: boolean;
  /** A reading of the rows by this column, as it is now. */
  sort?: "ascending" | "descending" | "none";
  options?: readonly string[];
  isEditable?: boolean;
}

export const ROW_PX = 33;
const MOST_ROWS_UNSCALED = 500_000;

/** How far a browser's scroll bar stands for how many rows: beyond 500,000 it is scaled. */
export class Track {
  readonly height: number;
  private readonly whole: number;

  constructor(
    rows: number,
    private readonly view: number,
  ) {
    this.whole = rows * ROW_PX;
    this.height = Math.min(rows, MOST_ROWS_UNSCALED) * ROW_PX;
  }

  /** Where the view begins among all rows, in px. */
  start(scrolled: number): number {
    const way = this.height - this.view;
    return way > 0 && this.whole > this.height
      ? (scrolled / way) * (this.whole - this.view)
      : scrolled;
  }

  /** How far to scroll for the view to begin there. */
  scrollFor(start: number): number {
    const way = this.whole - this.view;
    return way > 0 && this.whole > this.height ? (start / way) * (this.height - this.view) : start;
  }
}
