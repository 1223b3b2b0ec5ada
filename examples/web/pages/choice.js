// The seats that a buyer has chosen and not yet asked for. Kept for this tab, so that a login in
// between or a reload does not lose them.

const name = (performance) => `seathold.choice.${performance}`;

export class Choice {
  constructor(performance, seatsMax, onChange) {
    this.name = name(performance);
    this.seatsMax = seatsMax;
    this.onChange = onChange;
    this.seats = JSON.parse(sessionStorage.getItem(this.name)) ?? [];
    // Of seats that are not for the default type, by index.
    this.types = JSON.parse(sessionStorage.getItem(`${this.name}.types`)) ?? {};
  }

  typeOf(index) {
    return this.types[index] ?? 0;
  }

  setType(index, type) {
    this.types[index] = type;
    sessionStorage.setItem(`${this.name}.types`, JSON.stringify(this.types));
    this.onChange();
  }

  has(index) {
    return this.seats.includes(index);
  }

  // False when there are as many as a hold may have.
  toggle(index) {
    if (this.has(index)) this.#set(this.seats.filter((seat) => seat !== index));
    else if (this.seats.length >= this.seatsMax) return false;
    else this.#set([...this.seats, index]);
    return true;
  }

  keepOnly(fits) {
    const gone = this.seats.filter((seat) => !fits(seat));
    if (gone.length) this.#set(this.seats.filter(fits));
    return gone;
  }

  clear() {
    this.#set([]);
  }

  #set(seats) {
    this.seats = seats;
    sessionStorage.setItem(this.name, JSON.stringify(seats));
    this.onChange();
  }
}

export function chooseBefore(performance, seats) {
  sessionStorage.setItem(name(performance), JSON.stringify(seats));
}
