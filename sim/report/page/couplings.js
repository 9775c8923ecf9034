section({order: 6, id: 'couplings', title: 'Couplings and their change', short: 'Couplings',
    one(root, c) {
        const images = c.blocks.map(b => coupling_block(root, b));
        return images.length > 0;
    }});

function coupling_block(root, b) {
    const maps = b.epochs.map(e => e.map ? unpacked(e.map) : null), fields = b.epochs.map(e => e.fields ? unpacked(e.fields) : null);
    const histogram = el('div', {}), parts = el('div', {class: 'row'});
    let changed = false, at = b.epochs.length - 1;
    const zoom = b.rows ? Math.max(2, Math.min(12, Math.floor(380 / Math.max(b.rows, b.columns)))) : 0;
    const map = b.rows ? heat_map(b.rows, b.columns, zoom, (y, x, v) => `from ${Math.floor(y * b.full[0] / b.rows)}, to ${Math.floor(x * b.full[1] / b.columns)}: ${fixed(v)}`) : null;
    const across = b.image ? Math.min(10, b.image[2]) : 0, down = b.image ? Math.ceil(b.image[2] / across) : 0;
    const [ih, iw] = b.image || [0, 0];
    const sheet = b.image ? heat_map(down * (ih + 1), across * (iw + 1), Math.max(1, Math.min(3, Math.floor(560 / (across * (iw + 1))))), (y, x, v) => `node ${Math.floor(y / (ih + 1)) * across + Math.floor(x / (iw + 1))}, row ${y % (ih + 1)}, column ${x % (iw + 1)}: ${fixed(v)}`) : null;
    const less = (all, i) => changed ? all[i].map((v, k) => v - all[0][k]) : all[i];
    const draw = () => {
        const e = b.epochs[at];
        histogram.replaceChildren(columns_svg({title: `Couplings ${b.name}`, counts: e.histogram, log: true, from: fixed(-b.limit), to: fixed(b.limit),
            label: i => `around ${fixed((2 * i / (e.histogram.length - 1) - 1) * b.limit)}`}));
        if (map) { const v = less(maps, at); map.draw(v, Math.max(...(changed ? maps.map((_, i) => largest(less(maps, i))) : maps.map(largest)))); }
        if (sheet) {
            const v = less(fields, at), cells = new Array(down * (ih + 1) * across * (iw + 1)).fill(null);
            for (let n = 0; n < b.image[2]; ++n) for (let y = 0; y < ih; ++y) for (let x = 0; x < iw; ++x)
                cells[(Math.floor(n / across) * (ih + 1) + y) * across * (iw + 1) + n % across * (iw + 1) + x] = v[(n * ih + y) * iw + x];
            sheet.draw(cells, largest(v));
        }
    };
    const slider = epoch_slider(b.epochs, i => { at = i; draw(); });
    parts.append(el('figure', {style: 'width:min(420px,100%)'}, histogram, el('figcaption', {}, `${b.count.toLocaleString('en')} numbers, logarithmic counts; programmable up to ±${fixed(b.range)}`)));
    if (map) parts.append(el('figure', {}, map, el('figcaption', {}, `Rows from, columns to, ${b.full[0]} x ${b.full[1]}${b.rows < b.full[0] || b.columns < b.full[1] ? `, means of ${b.rows} x ${b.columns} cells` : ''}`)));
    if (sheet) parts.append(el('figure', {}, sheet, el('figcaption', {}, `Couplings from the image into the first ${b.image[2]} nodes`)));
    root.append(el('details', {open: b.rows || b.count > 64 ? true : false}, el('summary', {}, b.name), el('div', {class: 'tools'}, slider.node, map ? toggle('change since the start', false, on => { changed = on; draw(); }) : ''), parts));
    slider.set();
    on_theme(draw);
}
