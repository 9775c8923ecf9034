section({order: 5, id: 'converters', title: 'Converters and settling', short: 'Converters',
    one(root, c) {
        const charts = el('div', {class: 'charts'});
        root.append(charts);
        for (const use of c.codes) {
            const n = use.counts.length, all = use.counts.reduce((a, b) => a + b, 0);
            const used = use.counts.filter(v => v > 0).length, ends = use.counts[0] + use.counts[n - 1];
            const codes = use.bits ? 2 ** use.bits / n : 0;
            const holder = el('div', {});
            let log = true;
            const draw = () => holder.replaceChildren(columns_svg({title: `Codes of ${use.where}`, counts: use.counts, log, mark: new Set([0, n - 1]), from: use.bits ? 'code 0' : 'lowest level',
                to: use.bits ? `code ${2 ** use.bits - 1}` : 'highest level', label: i => codes > 1 ? `codes ${i * codes} to ${(i + 1) * codes - 1}` : use.bits ? `code ${i}` : `part ${i} of ${n}`}));
            draw();
            charts.append(el('figure', {}, el('h3', {}, `${use.converter}, ${use.where}`), el('div', {class: 'tools'}, toggle('log', true, on => { log = on; draw(); }),
                ...savers(() => holder.firstChild, `codes-${use.where}`)), holder,
                el('figcaption', {}, `${use.bits ? use.bits + ' bit' : 'ideal'}, ${all.toLocaleString('en')} conversions; ${percent(used / n, 0)} of the codes used, ${percent(ends / all, 1)} at the ends of the scale.`)));
        }
        const total = c.settled_by.reduce((a, b) => a + b, 0), n = c.settled_by.length;
        if (total > 0) {
            const at = i => c.has_rc ? `${fixed(i / n * c.free_phase_s / c.rc_s)} RC` : si(i / n * c.free_phase_s, 's');
            const holder = el('div', {}, columns_svg({title: 'Settling', counts: c.settled_by, from: '0', to: at(n), label: i => i + 1 === n ? 'not before the end' : `within ${at(i)} to ${at(i + 1)}`, mark: new Set([n - 1])}));
            charts.append(el('figure', {id: 'settling'}, el('h3', {}, 'Settling of the free phase'), el('div', {class: 'tools'},
                ...savers(() => holder.firstChild, 'settling')), holder,
                el('figcaption', {}, `When the read-out of every node of a sample was within an LSB of its end for good, over ${total} samples; the last column had not before the end.` +
                    (c.until_settled ? ` While training, ${c.not_settled} relaxations ended at their limit.` : ''))));
        }
        root.append(el('p', {class: 'note'}, `Codes and settling of the first ${total} samples of the test set at the end of the run; while training, ${c.adc_clipped.toLocaleString('en')} ADC conversions were clipped.`));
    }});
