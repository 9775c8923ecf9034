section({order: 6, id: 'couplings', title: 'Couplings and their change', short: 'Couplings',
    one(root, c) {
        const images = c.blocks.map(b => coupling_block(root, b));
        return images.length > 0;
    }});

// Small pictures of one kind side by side: couplings of an image into nodes, or windows of a convolution.
function tiles_of(b) {
    if (b.image) {
        const [h, w, count] = b.image;
        return {h, w, count, across: Math.min(10, count), key: 'fields', name: n => `node ${n}`, caption: `Couplings from the image into the first ${count} nodes`};
    }
    if (!b.windows) return null;
    const {to, from, sizes: [all_to, all_from, h, w]} = b.windows;
    return {h, w, count: to * from, across: from * Math.max(1, Math.floor(16 / from)), key: 'windows', name: n => `from channel ${n % from} to ${Math.floor(n / from)}`,
        caption: `Windows of ${h} x ${w}` + (from > 1 ? `, a column for each channel that they come from` : '') + (to < all_to || from < all_from ? `; the first ${from} of ${all_from} channels into the first ${to} of ${all_to}` : '')};
}

function coupling_block(root, b) {
    const tile = tiles_of(b), maps = b.epochs.map(e => e.map ? unpacked(e.map) : null), pictures = b.epochs.map(e => tile ? unpacked(e[tile.key]) : null);
    const histogram = el('div', {}), parts = el('div', {class: 'row'});
    let changed = false, at = b.epochs.length - 1;
    const zoom = b.rows ? Math.max(2, Math.min(12, Math.floor(380 / Math.max(b.rows, b.columns)))) : 0;
    const map = b.rows ? heat_map(b.rows, b.columns, zoom, (y, x, v) => `from ${Math.floor(y * b.full[0] / b.rows)}, to ${Math.floor(x * b.full[1] / b.columns)}: ${fixed(v)}`) : null;
    const across = tile ? Math.min(tile.across, tile.count) : 0, down = tile ? Math.ceil(tile.count / across) : 0, wide = tile ? across * (tile.w + 1) - 1 : 0, high = tile ? down * (tile.h + 1) - 1 : 0;
    const sheet = tile ? heat_map(high, wide, Math.max(1, Math.min(tile.h > 12 ? 3 : 10, Math.floor(560 / wide))), (y, x, v) =>
        `${tile.name(Math.floor(y / (tile.h + 1)) * across + Math.floor(x / (tile.w + 1)))}, row ${y % (tile.h + 1)}, column ${x % (tile.w + 1)}: ${fixed(v)}`) : null;
    const less = (all, i) => changed ? all[i].map((v, k) => v - all[0][k]) : all[i];
    const draw = () => {
        const e = b.epochs[at];
        histogram.replaceChildren(columns_svg({title: `Couplings ${b.name}`, counts: e.histogram, log: true, from: fixed(-b.limit), to: fixed(b.limit),
            label: i => `around ${fixed((2 * i / (e.histogram.length - 1) - 1) * b.limit)}`}));
        if (map) { const v = less(maps, at); map.draw(v, Math.max(...(changed ? maps.map((_, i) => largest(less(maps, i))) : maps.map(largest)))); }
        if (sheet) {
            const v = less(pictures, at), cells = new Array(high * wide).fill(null);
            for (let n = 0; n < tile.count; ++n) for (let y = 0; y < tile.h; ++y) for (let x = 0; x < tile.w; ++x)
                cells[(Math.floor(n / across) * (tile.h + 1) + y) * wide + n % across * (tile.w + 1) + x] = v[(n * tile.h + y) * tile.w + x];
            sheet.draw(cells, largest(v));
        }
    };
    const slider = epoch_slider(b.epochs, i => { at = i; draw(); });
    parts.append(el('figure', {style: 'width:min(420px,100%)'}, histogram, el('figcaption', {}, `${b.count.toLocaleString('en')} numbers, logarithmic counts; programmable up to ±${fixed(b.range)}`)));
    if (map) parts.append(el('figure', {}, map, el('figcaption', {}, `Rows from, columns to, ${b.full[0]} x ${b.full[1]}${b.rows < b.full[0] || b.columns < b.full[1] ? `, means of ${b.rows} x ${b.columns} cells` : ''} `, ...savers(() => map, `couplings-${b.name}`, false))));
    if (sheet) parts.append(el('figure', {}, sheet, el('figcaption', {}, tile.caption, ' ', ...savers(() => sheet, `couplings-${b.name}-parts`, false))));
    root.append(el('details', {open: b.rows || tile || b.count > 64 ? true : false}, el('summary', {}, b.name), el('div', {class: 'tools'}, slider.node, map || sheet ? toggle('change since the start', false, on => { changed = on; draw(); }) : ''), parts));
    slider.set();
    on_theme(draw);
}
