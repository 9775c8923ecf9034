section({order: 8, id: 'mistakes', title: 'Mistakes',
    one(root, m) {
        const n = m.classes, most = Math.max(...m.confusion.map((v, i) => i % (n + 1) === 0 ? 0 : v), 1);
        const cell = (t, p) => {
            const v = m.confusion[t * n + p], td = el('td', {title: `${v} samples of class ${t} taken for ${p}`}, v ? String(v) : '');
            td.style.background = t === p ? 'color-mix(in srgb, #2ca02c 22%, transparent)' : v ? `color-mix(in srgb, #d1495b ${Math.round(15 + 65 * v / most)}%, transparent)` : '';
            return td;
        };
        const range = [...Array(n).keys()];
        root.append(el('div', {class: 'scroll'}, el('table', {class: 'confusion'}, el('caption', {class: 'note'}, `Classes of ${m.samples} ${m.part} samples: true (rows), predicted (columns)`),
            el('thead', {}, el('tr', {}, el('th', {}, ''), ...range.map(p => el('th', {scope: 'col'}, String(p))), el('th', {}, 'right'))),
            el('tbody', {}, ...range.map(t => {
                const all = range.reduce((a, p) => a + m.confusion[t * n + p], 0);
                return el('tr', {}, el('th', {scope: 'row'}, String(t)), ...range.map(p => cell(t, p)), el('td', {}, all ? percent(m.confusion[t * n + t] / all, 1) : ''));
            })))));
        if (!m.mistakes.length) return;
        const [channels, h, w] = m.shape;
        root.append(el('h3', {}, 'Most wrong'), el('div', {class: 'row'}, ...m.mistakes.map(s => {
            const canvas = el('canvas', {width: w, height: h}), pixels = bytes_of(s.pixels), context = canvas.getContext('2d'), image = context.createImageData(w, h);
            for (let i = 0; i < w * h; ++i) image.data.set([0, 1, 2].map(k => pixels[(channels === 3 ? k : 0) * w * h + i]).concat(255), 4 * i);
            context.putImageData(image, 0, 0);
            return el('div', {class: 'sample', title: `cost ${fixed(s.cost)}`}, canvas, el('div', {}, `${s.label} as ${s.predicted}`), el('span', {class: 'note'}, `${m.part}:${s.sample}`));
        })), el('p', {class: 'note'}, 'By cost, the largest first. A sample\'s waveforms: isinglass waves RUN --sample ' + `${m.part}:${m.mistakes[0].sample}`));
    }});
