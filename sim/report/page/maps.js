// Layers on planes: how far each node answers to the nudge, and how strongly it is coupled, over training.
section({order: 7, id: 'maps', title: 'Maps over training', short: 'Maps',
    one(root, m) {
        for (const layer of m.layers) {
            const zoom = Math.max(3, Math.min(28, Math.floor(420 / Math.max(layer.rows, layer.columns))));
            const kinds = [['responses', 'Response to the nudge (rms)'], ['couplings', 'Sum of |couplings| at the node']];
            const drawn = kinds.map(([kind, title]) => {
                const values = layer.epochs.map(e => e[kind] ? unpacked(e[kind]) : null);
                const limit = Math.max(...values.map(v => v ? largest(v) : 0));
                const canvas = heat_map(layer.rows, layer.columns, zoom, (y, x, v) => `row ${y}, column ${x}: ${fixed(v)}`);
                return {kind, title, values, limit, canvas};
            });
            const draw = at => drawn.forEach(d => {
                const cells = new Array(layer.rows * layer.columns).fill(null);
                if (d.values[at]) layer.places.forEach((place, k) => { cells[place] = d.values[at][k]; });
                d.canvas.draw(cells, d.limit);
            });
            const slider = epoch_slider(layer.epochs, draw);
            root.append(el('h3', {}, `Layer ${layer.name}, ${layer.rows} x ${layer.columns}`), slider.node,
                el('div', {class: 'row'}, ...drawn.filter(d => d.limit > 0).map(d => el('figure', {}, d.canvas, el('figcaption', {}, `${d.title}, up to ${fixed(d.limit)}`)))));
            slider.set();
            on_theme(slider.set);
        }
    }});
