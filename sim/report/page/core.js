'use strict';
// What the sections share: their list, elements, quantities, charts and maps.
const report = JSON.parse(document.getElementById('data').textContent);
const sections = [];

// order: place on the page; one(root, numbers, run): a run's section from run[id]; many(root, runs): of a comparison;
// solve(root, numbers): of a solved problem; sweep(root, numbers): of a sweep.
function section(s) { sections.push(s); }

function el(name, attributes = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
        else if (key.startsWith('aria-')) node.setAttribute(key, value);
        else if (value !== false && value !== null) node.setAttribute(key, value === true ? '' : value);
    }
    node.append(...children);
    return node;
}
function svg(name, attributes = {}, ...children) {
    const node = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
}
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const palette = ['#1f77b4', '#e6842a', '#2ca02c', '#d1495b', '#8c6bb1', '#17a2b8', '#b8860b', '#7f7f7f', '#c77cbb', '#4b6a2f',
    '#5b8ff9', '#a05a2c', '#3b8686', '#e377c2'];
const phase_colors = {idle: '#9aa5b1', program: '#8c6bb1', clamp: '#e6842a', free: '#2ca02c', 'nudge+': '#d1495b', 'nudge-': '#1f77b4', read: '#b8860b', update: '#17a2b8', calibrate: '#4b6a2f'};
const color = i => palette[i % palette.length];

function si(x, unit = '') {
    if (x === null || x === undefined || !Number.isFinite(x)) return 'not known';
    if (x === 0) return '0 ' + unit;
    const prefixes = ['a', 'f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T'];
    const power = Math.min(4, Math.max(-6, Math.floor(Math.log10(Math.abs(x)) / 3 + 1e-9)));
    const shown = Number((x / 10 ** (3 * power)).toPrecision(3));
    if (Math.abs(shown) >= 1000 && power < 4) return si(shown * 10 ** (3 * power), unit);
    return `${Math.abs(shown) < 0.01 ? shown.toExponential(2) : shown} ${prefixes[power + 6]}${unit}`.trim();
}
const percent = (x, digits = 2) => x === null || x === undefined ? 'not scored' : (100 * x).toFixed(digits) + ' %';
const fixed = x => x === null || x === undefined ? '' : Number(x.toPrecision(4)).toString();

const tip = document.getElementById('tip');
function show_tip(event, text) {
    tip.textContent = text;
    tip.hidden = false;
    const x = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
    tip.style.left = Math.max(4, x) + 'px';
    tip.style.top = Math.max(4, event.clientY - tip.offsetHeight - 10) + 'px';
}
const hide_tip = () => { tip.hidden = true; };

function bytes_of(text) {
    const raw = atob(text);
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; ++i) bytes[i] = raw.charCodeAt(i);
    return bytes;
}
// {scale, values} as floats.
function unpacked(packed) {
    return Float32Array.from(new Int8Array(bytes_of(packed.values).buffer), v => v * packed.scale / 127);
}

function table(head, rows, last_is_total = false) {
    return el('div', {class: 'scroll'}, el('table', {},
        el('thead', {}, el('tr', {}, ...head.map(h => el('th', {scope: 'col'}, h)))),
        el('tbody', {}, ...rows.map((row, i) => el('tr', {class: last_is_total && i + 1 === rows.length ? 'total' : null},
            ...row.map(cell => el('td', {}, cell instanceof Node ? cell : String(cell))))))));
}
function tiles(pairs) {
    return el('div', {class: 'tiles'}, ...pairs.filter(p => p[1] !== null).map(([name, value]) =>
        el('div', {class: 'tile'}, el('b', {}, value), el('span', {}, name))));
}
function press(button, on) { button.setAttribute('aria-pressed', on); }
function toggle(label, on, change) {
    const button = el('button', {type: 'button', 'aria-pressed': on, onclick: () => {
        on = !on;
        press(button, on);
        change(on);
    }}, label);
    return button;
}
function save(name, text, type) {
    const link = el('a', {download: name, href: URL.createObjectURL(new Blob([text], {type}))});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
// An SVG as text of its own: its size, colours and fonts written out.
function svg_text(node) {
    const copy = node.cloneNode(true), box = node.viewBox.baseVal;
    for (const [key, value] of Object.entries({xmlns: 'http://www.w3.org/2000/svg', width: box.width, height: box.height})) copy.setAttribute(key, value);
    copy.prepend(svg('style', {}, 'text{fill:#1c2430;font:12px sans-serif}.soft{fill:#5d6b7c}.axis{stroke:#d8dee6}'),
        svg('rect', {width: '100%', height: '100%', fill: '#fff'}));
    return new XMLSerializer().serializeToString(copy);
}
// A picture on paper, `scale` times as large, as a PNG.
function save_png(source, width, height, scale, name) {
    const canvas = el('canvas', {width: Math.round(width * scale), height: Math.round(height * scale)}), context = canvas.getContext('2d');
    context.fillStyle = source instanceof HTMLCanvasElement ? css('--paper') : '#fff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingEnabled = !(source instanceof HTMLCanvasElement);
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    canvas.toBlob(blob => save(name + '.png', blob, 'image/png'));
}
// Buttons that save what `picture` gives for papers: an SVG as such and as PNG, a canvas (not `vector`) as PNG.
function savers(picture, name, vector = true) {
    const png = () => {
        const node = picture();
        if (node instanceof HTMLCanvasElement) return save_png(node, node.width, node.height, Math.max(1, Math.floor(1200 / node.width)), name);
        const image = new Image(), {width, height} = node.viewBox.baseVal;
        image.onload = () => save_png(image, width, height, 3, name);
        image.src = URL.createObjectURL(new Blob([svg_text(node)], {type: 'image/svg+xml'}));
    };
    const button = (label, act) => el('button', {type: 'button', class: 'save', title: `save ${name}.${label.toLowerCase()}`, onclick: act}, label);
    const as_png = button('PNG', png);
    return vector ? [button('SVG', () => save(name + '.svg', svg_text(picture()), 'image/svg+xml')), as_png] : [as_png];
}

const fits = []; // called when the page is laid out
const redraws = []; // called when the theme changed
function on_theme(redraw) { redraws.push(redraw); }

function show_report() {
    const stored = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    document.documentElement.dataset.theme = stored;
    document.getElementById('theme').addEventListener('click', () => {
        use(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
    });
    const use = theme => {
        document.documentElement.dataset.theme = theme;
        redraws.forEach(redraw => redraw());
    };
    let before = stored;
    addEventListener('beforeprint', () => { before = document.documentElement.dataset.theme; use('light'); });
    addEventListener('afterprint', () => use(before));
    document.querySelector('h1').textContent = document.title;
    sections.sort((a, b) => a.order - b.order);
    for (const s of sections) {
        const root = el('section', {id: s.id}, el('h2', {}, s.title));
        document.querySelector('main').append(root); // charts want their width
        let shown = false;
        try {
            const other = ['solve', 'sweep'].find(kind => report[kind]);
            if (other) shown = s[other] && s[other](root, report[other]) !== false;
            else if (report.runs.length > 1) shown = s.many && s.many(root, report.runs) !== false;
            else shown = s.one && report.runs[0][s.id] && s.one(root, report.runs[0][s.id], report.runs[0]) !== false;
        } catch (error) { // the others are worth reading all the same
            console.error(error);
            shown = true;
            root.append(el('p', {class: 'note'}, `This section could not be drawn: ${error.message}`));
        }
        if (!shown) { root.remove(); continue; }
        document.querySelector('nav').append(el('a', {href: '#' + s.id}, s.short || s.title));
    }
    fits.forEach(fit => fit()); // what was drawn before its neighbours knew no width
}
