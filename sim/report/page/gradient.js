// Gradient fidelity, where `gradcheck` measured it: a row an error, cosine, norm ratio and SNR of every coupling.
section({order: 5.5, id: 'gradient', title: 'Fidelity of the gradient', short: 'Gradient',
    one(root, g) {
        const cell = b => {
            const text = `${b.cosine.toFixed(4)}, ${b.norm_ratio.toFixed(2)}, ${b.snr_db.toFixed(0)} dB`, span = el('span', {class: 'match'}, text);
            span.style.background = `color-mix(in srgb, #d1495b ${Math.round(Math.min(1, Math.max(0, 1 - b.cosine)) * 80)}%, transparent)`;
            return span;
        };
        for (const [key, title] of [['against_exact', 'Each error of the machine alone, against exact EP'], ['against_true', 'Against the true gradient']]) {
            if (!g[key].length) continue;
            root.append(el('h3', {}, title), table(['', ...g[key][0].blocks.map(b => b.couplings)], g[key].map(line => [line.name, ...line.blocks.map(cell)])));
        }
        root.append(el('p', {class: 'note'}, `Cosine, norm ratio and signal-to-noise ratio of the gradient of ${g.samples} training samples, couplings after epoch ${g.epoch}. ` +
            `The nudge moves the outputs by ${fixed(g.output_shift_lsb)} LSB (rms). ${g.advice}`));
    }});
