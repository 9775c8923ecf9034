// Layers on planes: how far each node answers to the nudge, and how strongly it is coupled, over training.
section({order: 7, id: 'maps', title: 'Maps over training', short: 'Maps',
    one(root, m) {
        for (const layers of planes_of(m.layers)) {
            const {rows, columns, epochs} = layers[0], zoom = Math.max(3, Math.min(28, Math.floor(420 / Math.max(rows, columns))));
            const kinds = [['responses', 'Response to the nudge (rms)'], ['couplings', 'Sum of |couplings| at the node']];
            const drawn = kinds.map(([kind, title]) => {
                const values = epochs.map((_, e) => {
                    const cells = new Array(rows * columns).fill(null);
                    for (const layer of layers) {
                        if (!layer.epochs[e][kind]) continue;
                        const numbers = unpacked(layer.epochs[e][kind]);
                        layer.places.forEach((place, k) => { cells[place] = numbers[k]; });
                    }
                    return cells;
                });
                const name = (y, x) => (layers.find(l => l.places.includes(y * columns + x)) || {}).name;
                const canvas = heat_map(rows, columns, zoom, (y, x, v) => `${name(y, x)}, row ${y}, column ${x}: ${fixed(v)}`);
                return {kind, title, values, limit: Math.max(...values.map(largest)), canvas};
            });
            const links = layers[0].shared ? line_map(m.lines.filter(l => l.rows === rows && l.columns === columns), rows, columns, zoom) : null;
            const draw = at => { drawn.forEach(d => d.canvas.draw(d.values[at], d.limit)); if (links) links.draw(at); };
            const slider = epoch_slider(epochs, draw);
            root.append(el('h3', {}, `${layers.map(l => l.name).join(', ')}: ${rows} x ${columns}`), slider.node,
                el('div', {class: 'row'}, ...drawn.filter(d => d.limit > 0).map(d => el('figure', {}, d.canvas, el('figcaption', {}, `${d.title}, up to ${fixed(d.limit)} `, ...savers(() => d.canvas, `map-${layers[0].name}-${d.kind}`, false)))),
                links ? el('figure', {}, links.canvas, el('figcaption', {}, `Couplings, red positive and blue negative, up to ${fixed(links.limit)} `, ...savers(() => links.canvas, `map-${layers[0].name}-links`, false))) : ''));
            slider.set();
            on_theme(slider.set);
        }
    }});

// Couplings as lines between the nodes of a plane; draw(epoch). Those around the edge of a periodic plane leave it.
function line_map(lines, rows, columns, zoom) {
    if (!lines.length) return null;
    const couplings = lines.map(l => l.epochs.map(unpacked)), limit = Math.max(...couplings.flat().map(largest));
    const scale = Math.max(zoom, 12), canvas = el('canvas', {class: 'map lines', width: columns * scale, height: rows * scale, role: 'img', 'aria-label': 'Couplings as lines between nodes'});
    const near = (a, b, n) => n > 2 && Math.abs(b - a) === n - 1 ? b + (b < a ? n : -n) : b;
    const draw = at => {
        const c = canvas.getContext('2d');
        c.clearRect(0, 0, canvas.width, canvas.height);
        lines.forEach((l, k) => l.from.forEach((from, i) => {
            const t = couplings[k][at][i] / (limit || 1), [x, y] = [from % columns, Math.floor(from / columns)];
            const [u, v] = [near(x, l.to[i] % columns, columns), near(y, Math.floor(l.to[i] / columns), rows)];
            c.strokeStyle = `rgb(${shade(t).join(' ')})`;
            c.lineWidth = 1 + Math.abs(t) * scale / 5;
            c.beginPath();
            c.moveTo((x + .5) * scale, (y + .5) * scale);
            c.lineTo((u + .5) * scale, (v + .5) * scale);
            c.stroke();
        }));
        c.fillStyle = css('--soft');
        for (const place of new Set(lines.flatMap(l => [...l.from, ...l.to]))) {
            c.beginPath();
            c.arc((place % columns + .5) * scale, (Math.floor(place / columns) + .5) * scale, scale / 9 + 1, 0, 7);
            c.fill();
        }
    };
    return {canvas, limit, draw};
}

// Layers at places of one plane belong together.
function planes_of(layers) {
    const planes = new Map();
    layers.forEach((layer, i) => {
        const key = layer.shared ? `${layer.rows} x ${layer.columns}` : i;
        planes.set(key, [...(planes.get(key) || []), layer]);
    });
    return planes.values();
}
