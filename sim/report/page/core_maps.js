// Values on a plane as a picture, and a slider over epochs.

function mix(a, b, t) {
    const hex = s => [1, 3, 5].map(i => parseInt(s.slice(i, i + 2), 16));
    const p = hex(a), q = hex(b);
    return p.map((v, i) => Math.round(v + (q[i] - v) * t));
}
// −1 … 1 from cold over none to hot.
function heat(t) { return t < 0 ? mix(css('--none'), css('--cold'), Math.min(1, -t)) : mix(css('--none'), css('--hot'), Math.min(1, t)); }
let shades = null;
on_theme(() => { shades = null; });
function shade(t) {
    if (!shades) shades = Array.from({length: 255}, (_, i) => heat((i - 127) / 127));
    return shades[Math.max(0, Math.min(254, Math.round(t * 127) + 127))];
}

// A canvas of rows × columns cells; draw(values, limit) paints values[row · columns + column], null as background.
function heat_map(rows, columns, zoom, describe) {
    const canvas = el('canvas', {class: 'map', width: columns, height: rows, style: `width:${columns * zoom}px`, role: 'img'});
    let values = [];
    canvas.draw = (v, limit) => {
        values = v;
        const context = canvas.getContext('2d'), image = context.createImageData(columns, rows);
        for (let i = 0; i < rows * columns; ++i) {
            const none = v[i] === null || v[i] === undefined;
            const [r, g, b] = none ? [0, 0, 0] : shade(limit > 0 ? v[i] / limit : 0);
            image.data.set([r, g, b, none ? 0 : 255], 4 * i);
        }
        context.putImageData(image, 0, 0);
    };
    canvas.addEventListener('pointermove', event => {
        const box = canvas.getBoundingClientRect();
        const x = Math.floor((event.clientX - box.left) / box.width * columns), y = Math.floor((event.clientY - box.top) / box.height * rows);
        const v = values[y * columns + x];
        if (v === null || v === undefined) hide_tip();
        else show_tip(event, describe(y, x, v));
    });
    canvas.addEventListener('pointerleave', hide_tip);
    return canvas;
}

// A slider over saved epochs; change(index) is called at once and after each move.
function epoch_slider(epochs, change) {
    const shown = el('output', {});
    const slider = el('input', {type: 'range', min: 0, max: epochs.length - 1, value: epochs.length - 1, 'aria-label': 'epoch', oninput: () => set()});
    const set = () => { shown.textContent = `epoch ${epochs[slider.value].epoch}`; change(Number(slider.value)); };
    const play = el('button', {type: 'button', onclick: () => {
        let at = 0;
        const step = () => { slider.value = at; set(); if (++at < epochs.length) setTimeout(step, 400); };
        step();
    }}, 'play');
    return {node: el('label', {class: 'tools'}, slider, shown, play), set};
}
const largest = values => values.reduce((a, v) => Math.max(a, Math.abs(v ?? 0)), 0);
