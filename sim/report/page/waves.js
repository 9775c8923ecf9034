// The captured window: a viewer of its signals (waves_pack.js) on one canvas.
section({order: 9, id: 'waves', title: 'Waveforms',
    one(root, w) {
        const note = el('p', {class: 'note'}, 'Unpacking …');
        root.append(note);
        unpack_waves(w).then(signals => {
            note.textContent = `${w.file}, from ${si(w.begin_fs * 1e-15, 's')} of simulated time on: ${signals.length} signals` + (w.left_out ? `, ${w.left_out} more in the file` : '') +
                (w.thinned ? '; long signals keep the extremes of each stretch of time' : '') + '.';
            wave_viewer(root, w, signals);
        }).catch(error => { note.textContent = `This browser cannot unpack the waveforms (${error.message}); open the file in waves/ with GTKWave.`; });
    }});

function wave_viewer(root, w, signals) {
    const row = 30, head = 46, side = 300;
    const phase = signals.find(s => s.kind === 'names' && /(^|\/)phase$/.test(s.path));
    let rows = signals.filter(s => s !== phase), t0 = 0, t1 = w.ticks, cursor = null, mark = null, asked = false;
    const canvas = el('canvas', {tabindex: 0, role: 'img', 'aria-label': 'Waveforms. Keys: + and - zoom, arrows pan and scroll, 0 shows all, M sets the mark.'});
    const spacer = el('div', {}), frame = el('div', {class: 'waves', style: 'overflow-y:auto;height:560px'}, canvas, spacer);
    canvas.style.position = 'sticky';
    canvas.style.top = '0';
    const status = el('output', {class: 'note'});
    const filter = el('input', {type: 'search', size: 28, placeholder: 'signals, e.g. array/output', 'aria-label': 'Signals to show', oninput: () => {
        const words = filter.value.trim().toLowerCase().split(/\s+/);
        rows = signals.filter(s => s !== phase && words.every(word => s.name.toLowerCase().includes(word)));
        size();
    }});
    const button = (label, act) => el('button', {type: 'button', onclick: act}, label);
    root.append(el('div', {class: 'tools'}, filter, button('zoom in', () => zoom(.5)), button('zoom out', () => zoom(2)), button('all', () => show(0, w.ticks)),
        button('phase', () => fit_phase(cursor ?? (t0 + t1) / 2)), ...savers(() => canvas, 'waveforms', false), status), frame,
        el('p', {class: 'note screen-only'}, 'Drag pans; the wheel zooms once the viewer is clicked (Ctrl and wheel always); a double click shows the phase under the pointer; a click sets the mark that times are counted from.'));

    const plot = () => canvas.clientWidth - side;
    const X = tick => side + (tick - t0) / (t1 - t0) * plot();
    const tick_at = x => t0 + (x - side) / plot() * (t1 - t0);
    const seconds = ticks => ticks * w.tick_fs * 1e-15;
    const ask = () => { if (!asked) { asked = true; requestAnimationFrame(draw); } };
    function show(a, b) {
        const width = Math.min(Math.max(b - a, Math.min(20, w.ticks)), w.ticks);
        t0 = Math.max(0, Math.min(a, w.ticks - width));
        t1 = t0 + width;
        ask();
    }
    function zoom(factor, at = cursor ?? (t0 + t1) / 2) { show(at - (at - t0) * factor, at + (t1 - at) * factor); }
    function fit_phase(tick) {
        if (!phase) return;
        const i = last_point(phase, tick), a = i < 0 ? 0 : phase.ticks[i], b = i + 1 < phase.ticks.length ? phase.ticks[i + 1] : w.ticks;
        show(a - (b - a) * .04, b + (b - a) * .04);
    }
    canvas.show_phase = name => { // the last of that name, the cursor within; for pictures and the console
        for (let i = phase ? phase.ticks.length - 1 : -1; i >= 0; --i)
            if (phase.names[phase.values[i] - 1] === name) {
                fit_phase(phase.ticks[i]);
                cursor = (t0 + t1) / 2;
                return;
            }
    };
    function size() {
        const scale = devicePixelRatio || 1, height = Math.min(560, head + rows.length * row + 4);
        frame.style.height = height + 2 + 'px';
        canvas.width = Math.round(frame.clientWidth * scale);
        canvas.height = Math.round(height * scale);
        canvas.style.height = height + 'px';
        spacer.style.height = Math.max(0, head + rows.length * row - height) + 'px';
        ask();
    }

    let colors = {}; // asking for a style is slow
    const paint_box = () => { colors = Object.fromEntries(['--accent', '--ink', '--soft', '--line', '--panel', '--hot'].map(name => [name, css(name)])); };
    function bands(c, y, height, text) { // phases, behind the rows or as the band on top
        if (!phase) return;
        for (let i = Math.max(0, last_point(phase, t0)); i < phase.ticks.length && phase.ticks[i] < t1; ++i) {
            if (!phase.values[i]) continue;
            const x = Math.max(side, X(phase.ticks[i])), end = Math.min(canvas.clientWidth, i + 1 < phase.ticks.length ? X(phase.ticks[i + 1]) : X(w.ticks));
            c.globalAlpha = text ? 1 : .1;
            c.fillStyle = name_color(phase, phase.values[i] - 1);
            c.fillRect(x, y, Math.max(.5, end - x), height);
            c.globalAlpha = 1;
            if (text && end - x > 34) { c.fillStyle = '#fff'; c.fillText(phase.names[phase.values[i] - 1], x + 4, y + 13, end - x - 6); }
        }
    }
    function analog(c, s, y) {
        const first = Math.max(0, last_point(s, t0)), end = Math.min(s.ticks.length, last_point(s, t1) + 2), scale = (row - 8) / 4094;
        const Y = v => y + row - 4 - (v - 1) * scale;
        c.strokeStyle = c.fillStyle = colors['--accent'];
        c.beginPath();
        if (end - first <= plot() / 2) {
            let pen = false;
            for (let i = first; i < end; ++i) {
                if (!s.values[i]) { if (pen) c.lineTo(X(s.ticks[i]), Y(s.values[i - 1])); pen = false; continue; }
                const x = X(s.ticks[i]);
                if (!pen) c.moveTo(x, Y(s.values[i]));
                else { c.lineTo(x, Y(s.values[i - 1])); c.lineTo(x, Y(s.values[i])); } // values hold until they change
                pen = true;
            }
            if (pen && end === s.ticks.length) c.lineTo(X(w.ticks), Y(s.values[end - 1]));
        } else {
            let from = first;
            for (let px = 0; px < plot(); ++px) {
                const to = last_point(s, t0 + (px + 1) / plot() * (t1 - t0)) + 1;
                const [lo, hi] = extremes(s, Math.max(0, from - 1), Math.max(from, to));
                if (hi) c.fillRect(side + px, Y(hi), 1, Math.max(1, Y(lo) - Y(hi)));
                from = Math.max(from, to);
            }
        }
        c.stroke();
    }
    function digital(c, s, y) {
        let done = side; // pixels that are painted
        for (let i = Math.max(0, last_point(s, t0)); i < s.ticks.length && s.ticks[i] < t1;) {
            const x = Math.max(side, X(s.ticks[i])), next = i + 1 < s.ticks.length ? s.ticks[i + 1] : w.ticks, end = Math.min(canvas.clientWidth, X(next));
            if (end - x < 1) { // crowded: one mark a pixel, on to the first change beyond it
                if (x >= done) { c.fillStyle = colors['--soft']; c.fillRect(x, y + 5, 1, row - 10); done = x + 1; }
                i = Math.max(i + 1, last_point(s, tick_at(Math.floor(x) + 1)));
                continue;
            }
            const v = s.values[i] - 1;
            if (v >= 0 && s.kind === 'bits' && s.width === 1) {
                c.fillStyle = colors['--hot'];
                c.fillRect(x, v ? y + 5 : y + row - 6, end - x, 1.5);
                c.fillRect(x, y + 5, 1, row - 10);
            } else if (v >= 0) {
                c.fillStyle = s.kind === 'names' ? name_color(s, v) : colors['--soft'];
                c.globalAlpha = s.kind === 'names' ? .85 : .22;
                c.fillRect(x, y + 5, Math.max(1, end - x - 1), row - 10);
                c.globalAlpha = 1;
                if (end - x > 22) { c.fillStyle = s.kind === 'names' ? '#fff' : colors['--ink']; c.fillText(value_text(s, i), x + 4, y + 19, end - x - 6); }
            }
            ++i;
        }
    }
    function axis(c) {
        c.fillStyle = colors['--panel'];
        c.fillRect(0, 0, canvas.clientWidth, head);
        c.fillStyle = colors['--soft'];
        for (const t of ticks_of(seconds(t0), seconds(t1), Math.max(2, plot() / 110))) {
            const x = X(t / seconds(1));
            if (x < side || x > canvas.clientWidth - 20) continue;
            c.fillRect(x, 18, 1, 6);
            c.fillText(si(t, 's'), x + 3, 16);
        }
        bands(c, 25, 18, true);
        c.fillStyle = colors['--ink'];
        c.fillText('phase', 8, 39);
    }
    function draw() {
        asked = false;
        const began = performance.now(), c = canvas.getContext('2d'), scale = devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.height / scale;
        c.setTransform(scale, 0, 0, scale, 0, 0);
        c.clearRect(0, 0, width, height);
        c.font = '12px system-ui, sans-serif';
        c.lineWidth = 1;
        bands(c, head, height - head, false);
        const first = Math.floor(frame.scrollTop / row);
        for (let r = first; r < Math.min(rows.length, first + height / row + 1); ++r) {
            const s = rows[r], y = head + r * row - frame.scrollTop;
            c.save();
            c.beginPath();
            c.rect(side, Math.max(head, y), width - side, row);
            c.clip();
            if (s.kind === 'real') analog(c, s, y); else digital(c, s, y);
            c.restore();
            c.fillStyle = colors['--line'];
            c.fillRect(0, y + row - 1, width, 1);
            c.fillStyle = colors['--ink'];
            c.fillText(s.name, 8, y + 19, side - 90);
            c.fillStyle = colors['--accent'];
            c.textAlign = 'right';
            c.fillText(value_text(s, last_point(s, cursor ?? mark ?? t0)), side - 6, y + 19, 74);
            c.textAlign = 'left';
        }
        axis(c);
        for (const [t, paint] of [[mark, '--hot'], [cursor, '--ink']]) {
            if (t === null || t < t0 || t > t1) continue;
            c.fillStyle = colors[paint];
            c.fillRect(X(t), 18, 1, height);
        }
        const at = t => si(seconds(t), 's');
        status.textContent = `${si(seconds(t1 - t0), 's')} shown` + (cursor === null ? '' : `, cursor ${at(cursor)}${phase ? ' ' + value_text(phase, last_point(phase, cursor)) : ''}`) +
            (mark === null ? '' : `, mark ${at(mark)}`) + (cursor !== null && mark !== null ? `, apart ${si(seconds(cursor - mark), 's')}` : '');
        canvas.view = {t0, t1, cursor, mark, rows: rows.length, draw_ms: performance.now() - began}; // for tests and the console
    }

    let drag = null;
    canvas.addEventListener('pointerdown', e => { canvas.focus(); drag = {x: e.offsetX, t0, t1, moved: false}; canvas.setPointerCapture(e.pointerId); });
    canvas.addEventListener('pointermove', e => {
        cursor = e.offsetX >= side ? Math.max(0, Math.min(w.ticks, tick_at(e.offsetX))) : null;
        if (drag && (drag.moved || Math.abs(e.offsetX - drag.x) > 3)) {
            drag.moved = true;
            const by = (e.offsetX - drag.x) / plot() * (drag.t1 - drag.t0);
            show(drag.t0 - by, drag.t1 - by);
        }
        ask();
    });
    canvas.addEventListener('pointerup', e => { if (drag && !drag.moved && e.offsetX >= side) mark = tick_at(e.offsetX); drag = null; ask(); });
    canvas.addEventListener('pointerleave', () => { cursor = null; ask(); });
    canvas.addEventListener('dblclick', e => { if (e.offsetX >= side) fit_phase(tick_at(e.offsetX)); });
    canvas.addEventListener('wheel', e => {
        if (e.offsetX < side || !(e.ctrlKey || e.metaKey || document.activeElement === canvas)) return;
        e.preventDefault();
        if (e.shiftKey) show(t0 + (t1 - t0) * Math.sign(e.deltaY || e.deltaX) * .15, t1 + (t1 - t0) * Math.sign(e.deltaY || e.deltaX) * .15);
        else zoom(e.deltaY < 0 ? .8 : 1.25, tick_at(e.offsetX));
    }, {passive: false});
    canvas.addEventListener('keydown', e => {
        const pan = (t1 - t0) * .15;
        const act = {'+': () => zoom(.5), '=': () => zoom(.5), '-': () => zoom(2), '0': () => show(0, w.ticks), ArrowLeft: () => show(t0 - pan, t1 - pan), ArrowRight: () => show(t0 + pan, t1 + pan),
            ArrowDown: () => frame.scrollBy(0, row), ArrowUp: () => frame.scrollBy(0, -row), m: () => { mark = cursor ?? (t0 + t1) / 2; ask(); }}[e.key];
        if (!act) return;
        act();
        e.preventDefault();
    });
    frame.addEventListener('scroll', ask);
    addEventListener('resize', size);
    on_theme(() => { paint_box(); draw(); });
    paint_box();
    const gap = rows.length ? rows[0].values.findIndex((v, i) => i > 0 && v === 0) : -1; // several windows: the first
    if (gap > 0) show(0, rows[0].ticks[gap]);
    size();
}
