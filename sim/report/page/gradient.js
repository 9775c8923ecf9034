// Fidelity of the gradient, where `gradcheck` measured it: a row an error, a column the couplings of a link.
section({order: 5.5, id: 'gradient', title: 'Fidelity of the gradient', short: 'Gradient',
    one(root, g) {
        const cell = (match, more) => {
            if (!match) return '';
            const span = el('span', {class: 'match'}, `${match.cosine.toFixed(4)}, ${match.norm_ratio.toFixed(2)}${more}`);
            span.style.background = `color-mix(in srgb, #d1495b ${Math.round(Math.min(1, Math.max(0, 1 - match.cosine)) * 80)}%, transparent)`;
            return span;
        };
        const noise = b => b.snr_db === null ? ', no noise' : `, ${b.snr_db.toFixed(0)} dB`;
        const heads = ['', ...g.lines[0].blocks.map(b => b.couplings)];
        const rows = show => g.lines.map(line => [line.name, ...line.blocks.map(show)]);
        root.append(el('h3', {}, 'Against exact EP, the settled ideal twin at the same β'), table(heads, rows(b => cell(b.to_exact, noise(b)))));
        if (g.no_truth) root.append(el('p', {class: 'note'}, `No true gradient: ${g.no_truth}`));
        else root.append(el('h3', {}, 'Against the true gradient, dC/dθ at the free equilibrium'), table(heads, rows(b => cell(b.to_true, ''))));
        root.append(el('p', {class: 'note'}, `Cosine, norm ratio and signal-to-noise ratio of the gradient of ${g.samples} training samples, ${g.repeats} times with other draws, couplings after epoch ${g.epoch}. ` +
            `The nudge moves the outputs by ${fixed(g.output_shift_lsb)} LSB (rms). ${g.advice}`));
    }});
