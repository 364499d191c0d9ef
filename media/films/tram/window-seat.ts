/** A seat by the window: the city goes by out of focus, drops run down the glass. */
import { seededRandom } from "../../../kernel/seeded-random.ts";
import type { Brush, Shot } from "../film.ts";
import { mix, noiseAt, rise } from "../noise.ts";
import { fillDisc, fillDown, paintGlow, paintLayer } from "../strokes.ts";

type Light = {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly speed: number;
  readonly color: string;
};

const pane = { left: 70, top: 34, width: 820, height: 420 };
const colors = [
  "#ff4f9e",
  "#43dcff",
  "#ffb44a",
  "#b573ff",
  "#ff7a4a",
  "#5cffc1",
  "#ffe08a",
] as const;

export const windowSeat: Shot = { name: "window-seat", seconds: 16, prepare };

function prepare() {
  const random = seededRandom("window seat");
  const lights: Light[] = Array.from({ length: 46 }, (_, index) => {
    const depth = index / 46;
    return {
      x: random() * 1500,
      y: 120 + random() * 260,
      size: mix(9, 46, depth ** 1.4),
      speed: mix(34, 190, depth ** 1.6),
      color: colors[Math.floor(random() * colors.length)] ?? colors[0],
    };
  });
  const carriage = paintLayer(960, 540, paintCarriage);
  return (brush: Brush, seconds: number) => {
    fillDown(brush, 0, 540, [
      [0, "#0c0a2a"],
      [0.5, "#2b1660"],
      [0.8, "#4a1d68"],
      [1, "#120826"],
    ]);
    for (const light of lights) paintBokeh(brush, light, seconds);
    paintStreetLamps(brush, seconds);
    for (let drop = 0; drop < 26; drop += 1) paintRunningDrop(brush, drop, seconds);
    for (let bead = 0; bead < 90; bead += 1) paintBead(brush, bead);
    brush.drawImage(carriage, 0, 0);
    paintPassenger(brush, seconds);
  };
}

function paintBokeh(brush: Brush, { x, y, size, speed, color }: Light, seconds: number): void {
  const across = 1180 - ((x + seconds * speed) % 1400);
  brush.globalCompositeOperation = "lighter";
  brush.globalAlpha = 0.26;
  brush.fillStyle = color;
  fillDisc(brush, across, y, size);
  brush.globalAlpha = 0.18;
  brush.lineWidth = 2;
  brush.strokeStyle = color;
  brush.beginPath();
  brush.arc(across, y, size - 1, 0, Math.PI * 2);
  brush.stroke();
  brush.globalAlpha = 1;
  brush.globalCompositeOperation = "source-over";
}

/** A street lamp passes every three seconds and lights the whole pane. */
function paintStreetLamps(brush: Brush, seconds: number): void {
  const x = 1300 - ((seconds * 560) % 1680);
  paintGlow(brush, { x, y: 120, radius: 330, color: "#ffc46a", alpha: 0.7 });
  brush.fillStyle = "#0a0620";
  brush.fillRect(x - 5, 120, 10, 420);
}

function paintRunningDrop(brush: Brush, drop: number, seconds: number): void {
  const pace = 26 + (drop % 5) * 17;
  const way = (drop * 137 + seconds * pace) % 520;
  const y = 20 + way;
  const x =
    90 + ((drop * 31.7) % 1) * 20 + ((drop * 223) % 790) + (noiseAt(y * 0.02, drop) - 0.5) * 34;
  const tail = brush.createLinearGradient(0, y - 70, 0, y);
  tail.addColorStop(0, "#cfd8ff00");
  tail.addColorStop(1, "#cfd8ff66");
  brush.strokeStyle = tail;
  brush.lineWidth = 3.4;
  brush.lineCap = "round";
  brush.beginPath();
  for (let back = 70; back >= 0; back -= 10) {
    brush.lineTo(
      90 +
        ((drop * 31.7) % 1) * 20 +
        ((drop * 223) % 790) +
        (noiseAt((y - back) * 0.02, drop) - 0.5) * 34,
      y - back,
    );
  }
  brush.stroke();
  paintLensDrop(brush, x, y, 5.4);
}

function paintBead(brush: Brush, bead: number): void {
  paintLensDrop(
    brush,
    76 + ((bead * 313.3) % 808),
    40 + ((bead * 179.9) % 408),
    1.6 + (bead % 4) * 0.8,
  );
}

/** A drop is a lens: dark above, light below, with one bright point. */
function paintLensDrop(brush: Brush, x: number, y: number, size: number): void {
  const lens = brush.createLinearGradient(0, y - size, 0, y + size);
  lens.addColorStop(0, "#12083499");
  lens.addColorStop(1, "#f0dcffbb");
  brush.fillStyle = lens;
  brush.beginPath();
  brush.ellipse(x, y, size * 0.86, size * 1.1, 0, 0, Math.PI * 2);
  brush.fill();
  brush.fillStyle = "#ffffffd0";
  fillDisc(brush, x - size * 0.25, y - size * 0.35, size * 0.2);
}

function paintCarriage(brush: Brush): void {
  brush.fillStyle = "#0a0518";
  const frame = new Path2D();
  frame.rect(0, 0, 960, 540);
  frame.roundRect(pane.left, pane.top, pane.width, pane.height, 44);
  brush.fill(frame, "evenodd");
  brush.strokeStyle = "#3b2460";
  brush.lineWidth = 5;
  brush.beginPath();
  brush.roundRect(pane.left, pane.top, pane.width, pane.height, 44);
  brush.stroke();
  brush.strokeStyle = "#ffc78055";
  brush.lineWidth = 1.5;
  brush.beginPath();
  brush.roundRect(pane.left - 5, pane.top - 5, pane.width + 10, pane.height + 10, 48);
  brush.stroke();
  const seat = brush.createLinearGradient(0, 420, 0, 540);
  seat.addColorStop(0, "#8a2f9c");
  seat.addColorStop(1, "#2a0d44");
  brush.fillStyle = seat;
  brush.fill(new Path2D("M770 540 L776 380 Q780 340 824 338 L900 338 Q944 342 946 388 L960 540Z"));
  brush.fill(new Path2D("M-20 540 L-20 396 Q-8 356 46 356 L96 358 Q132 366 134 402 L148 540Z"));
}

function paintPassenger(brush: Brush, seconds: number): void {
  const sway = Math.sin(seconds * 2.1) * 2 + Math.sin(seconds * 5.3) * 0.8;
  brush.save();
  brush.translate(650 + sway, 236 + Math.sin(seconds * 6.1) * 0.8);
  const shade = brush.createLinearGradient(-110, 0, 130, 0);
  shade.addColorStop(0, "#2c1250");
  shade.addColorStop(0.4, "#10071f");
  brush.fillStyle = shade;
  brush.fill(
    new Path2D(
      "M-128 310 Q-126 196 -62 166 Q-28 152 -22 128 L44 118 Q56 150 96 164 Q164 190 170 310Z",
    ),
  );
  brush.fill(
    new Path2D(
      "M-46 92 Q-50 118 -28 126 Q-8 138 12 132 Q62 122 70 66 Q74 6 26 -6 Q-28 -12 -42 32 L-44 52 L-58 76 Q-58 82 -48 83 Z",
    ),
  );
  brush.fill(
    new Path2D(
      "M-40 42 Q-34 -26 30 -28 Q96 -22 92 62 Q96 110 118 138 Q88 152 62 130 Q40 60 -2 30 Q-22 40 -40 42Z",
    ),
  );
  const passing = rise(0.55, 1, Math.cos((1300 - ((seconds * 560) % 1680) - 480) / 420));
  brush.strokeStyle = `rgb(255 190 120 / ${0.35 + passing * 0.6})`;
  brush.lineWidth = 2.6;
  brush.lineJoin = "round";
  brush.stroke(
    new Path2D(
      "M-36 18 L-42 32 L-44 52 L-58 76 Q-58 82 -48 83 L-46 92 Q-50 118 -28 126 M-62 166 Q-122 192 -128 300",
    ),
  );
  brush.restore();
}
