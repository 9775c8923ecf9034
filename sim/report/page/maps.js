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
                return {title, values, limit: Math.max(...values.map(largest)), canvas};
            });
            const draw = at => drawn.forEach(d => d.canvas.draw(d.values[at], d.limit));
            const slider = epoch_slider(epochs, draw);
            root.append(el('h3', {}, `${layers.map(l => l.name).join(', ')}: ${rows} x ${columns}`), slider.node,
                el('div', {class: 'row'}, ...drawn.filter(d => d.limit > 0).map(d => el('figure', {}, d.canvas, el('figcaption', {}, `${d.title}, up to ${fixed(d.limit)}`)))));
            slider.set();
            on_theme(slider.set);
        }
    }});

// Layers at places of one plane belong together.
function planes_of(layers) {
    const planes = new Map();
    layers.forEach((layer, i) => {
        const key = layer.shared ? `${layer.rows} x ${layer.columns}` : i;
        planes.set(key, [...(planes.get(key) || []), layer]);
    });
    return planes.values();
}
