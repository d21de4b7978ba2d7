/** Colors, type and layout of the page. Pairs of colors are light, dark; contrasts computed in the style study are >= 4.5 for text. */
export const pageStyle = `
:root{color-scheme:light dark;
--card:light-dark(#fff,#1a1e25);--page:light-dark(#f7f8fa,#12151a);--ink:light-dark(#1a1d23,#e8ebf0);--quiet:light-dark(#4f5866,#a9b2c0);
--link:light-dark(#0b57b0,#8ab8ff);--note:light-dark(#3b5bb5,#9db4ff);--bar:light-dark(#3f6fb5,#7aa5e6);--second:light-dark(#b8651b,#e2a063);
--edge:light-dark(#7a8494,#77818f);--line:light-dark(#d5dae2,#343b47);--sunk:light-dark(#eef0f4,#222731);
--fine:light-dark(#0b6a75,#5cc8d4);--fine-tint:light-dark(#e6f4f5,#163034);
--look:light-dark(#9a5b00,#f5c063);--look-tint:light-dark(#fdf3e0,#382c17);
--problem:light-dark(#8f1020,#ff9a9a);--problem-tint:light-dark(#fdecee,#3a1f23);--note-tint:light-dark(#ecf0fb,#1f2638)}
:root:has(#theme-light:checked){color-scheme:light}
:root:has(#theme-dark:checked){color-scheme:dark}
*,*::before,*::after{box-sizing:border-box}
html{scroll-padding-top:16px;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
h1,h2,h3,h4,p,ul,ol,dl,dd,figure,table,fieldset{margin:0;padding:0}
h1{font-size:32px;line-height:1.2;letter-spacing:-.015em;text-wrap:balance;font-weight:700}
h1 .mark{width:28px;height:28px;margin-right:12px;vertical-align:-3px}
h2{font-size:24px;line-height:1.25;letter-spacing:-.01em;margin-bottom:8px}
h3{font-size:20px;line-height:1.3}
.part{margin:40px 0 4px}.below{margin-top:12px}
ul,ol{list-style:none}
a{color:var(--link);text-underline-offset:3px;text-decoration-thickness:1px}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:4px}
code,pre{font:14px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.small,small{font-size:14px;color:var(--quiet)}
.lead{max-width:68ch;color:var(--quiet);margin-bottom:24px}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-9999px}
.skip:focus{left:16px;top:8px;background:var(--card);padding:8px 16px;z-index:9}
.defs{position:absolute;width:0;height:0}
.wrap{max-width:1184px;margin:0 auto;padding:0 16px}
.wide{max-width:1472px}
section{padding:40px 0;scroll-margin-top:0}
section+section{border-top:1px solid var(--line)}
.panel{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:16px}
.top{display:flex;flex-wrap:wrap;gap:8px 24px;align-items:center;justify-content:space-between;padding-top:12px;padding-bottom:12px}
.brand{font-weight:700;letter-spacing:-.01em;display:flex;gap:8px;align-items:center}
.brand svg{width:20px;height:20px;flex:none}
.top nav ul{display:flex;flex-wrap:wrap;gap:0 4px;font-size:14px}
.top nav a{display:inline-flex;align-items:center;min-height:32px;padding:0 8px;color:var(--quiet);text-decoration:none;border-radius:6px}
.top nav a:hover{color:var(--ink);background:var(--sunk)}
.switch{border:0;display:inline-flex;flex-wrap:wrap;min-width:0}
.switch legend{float:left;font-size:14px;color:var(--quiet);margin-right:8px;line-height:32px;padding:0}
.switch label{position:relative;display:inline-flex;align-items:center;min-height:32px;padding:0 10px;font-size:14px;border:1px solid var(--edge);margin-left:-1px;background:var(--card);cursor:pointer}
.switch label:first-of-type{border-radius:6px 0 0 6px;margin-left:0}
.switch label:last-of-type{border-radius:0 6px 6px 0}
.switch label:only-of-type{border-radius:6px}
.switch label:has(:checked){background:var(--ink);color:var(--card);border-color:var(--ink);z-index:1}
.switch label:has(:focus-visible){outline:2px solid var(--link);outline-offset:2px;z-index:2}
.switch input{position:absolute;inset:0;opacity:0;margin:0;cursor:pointer}
.mark{width:18px;height:18px;flex:none;vertical-align:-3px}
.tone-fine{color:var(--fine)}.tone-note{color:var(--note)}.tone-look{color:var(--look)}.tone-problem{color:var(--problem)}
.hero{padding:24px 0 40px}
.hero-grid{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,416px);gap:24px 40px;align-items:start}
.eyebrow{font-size:14px;color:var(--quiet);margin-bottom:12px;display:flex;flex-wrap:wrap;gap:0 8px}
.eyebrow>:not(:last-child)::after{content:"\\b7";margin-left:8px}
.headlines{margin-top:24px;display:grid;gap:12px;max-width:68ch}
.headlines li{display:grid;grid-template-columns:18px 1fr;gap:12px}
.headlines .mark{margin-top:3px}
.headlines a{color:inherit;text-decoration-color:color-mix(in srgb,var(--edge) 60%,transparent)}.headlines a:hover{color:var(--link);text-decoration-color:currentColor}
.next{color:var(--quiet)}p.next{margin-top:12px;max-width:68ch}
.hero-figure{background:var(--card);border:1px solid var(--line);border-radius:8px;overflow:hidden}
.hero-figure figcaption{padding:12px 16px;font-size:14px;color:var(--quiet)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(160px,1fr));gap:16px;margin-top:32px}
.tile{display:block;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px 16px;color:inherit;text-decoration:none;height:100%}
a.tile:hover{border-color:var(--link)}
.tile b{display:block;font-size:28px;line-height:1.2;letter-spacing:-.02em;font-weight:650}
.tile span{font-size:14px;color:var(--quiet);display:block}
.tiles li:only-child{max-width:280px}
.scroll{overflow-x:auto;border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;font-weight:600;color:var(--quiet);vertical-align:bottom}
th,td{padding:8px 12px;border-bottom:1px solid var(--line)}
td{vertical-align:top}
tr:last-child>td,tr:last-child>th{border-bottom:0}
th .small{font-weight:400}.key{min-width:136px}
tbody th{color:var(--ink);vertical-align:top;min-width:104px;max-width:440px;overflow-wrap:anywhere}
.number{text-align:right;white-space:nowrap}
th button{font:inherit;color:inherit;background:none;border:0;padding:0;min-height:32px;cursor:pointer;text-align:inherit}
th button::after{content:"\\2195";margin-left:4px;opacity:.6}
th[aria-sort=ascending] button::after{content:"\\2191";opacity:1}
th[aria-sort=descending] button::after{content:"\\2193";opacity:1}
tr.none>*{color:var(--quiet)}.stacked tr.none>*{padding-top:4px;padding-bottom:4px;font-weight:400}
.meter{display:block;width:100%;min-width:80px;height:8px;border-radius:4px;background:var(--sunk);overflow:hidden;margin-top:7px}
.meter i{display:block;height:100%;background:var(--bar)}
.share{width:200px;white-space:nowrap}
.flag-name{display:flex;gap:8px;align-items:flex-start;min-width:200px}
details{margin-top:8px}
summary{cursor:pointer;font-size:14px;color:var(--link);min-height:32px;padding:5px 0;width:fit-content}
.charts{display:grid;grid-auto-flow:dense;grid-template-columns:repeat(auto-fill,minmax(min(100%,330px),1fr));gap:16px}
.chart{display:flex;flex-direction:column}.chart.tall{grid-row:span 2}
.chart h3{font-size:16px;line-height:1.35;margin-bottom:2px}
.chart svg{display:block;width:100%;height:auto;margin-top:12px;overflow:visible}
.chart details{margin-top:auto}
svg text{fill:var(--quiet);font-size:12px;font-family:inherit}
svg .ink{fill:var(--ink)}
.axis{stroke:var(--edge);stroke-width:1}.grid{stroke:var(--line);stroke-width:1}
.bars{fill:var(--bar)}.median{stroke:var(--ink);stroke-width:2}.limit{stroke:var(--look);stroke-width:1.5;stroke-dasharray:4 3}
.beyond{fill:url(#hatch)}.hatch-ground{fill:var(--look-tint)}.hatch-line{stroke:var(--look);stroke-width:1.5;opacity:.55}
.whisker{stroke:var(--bar);stroke-width:2}.box{fill:var(--bar);opacity:.35}
.even{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:4 3}
.stages{display:flex;height:24px;border-radius:6px;overflow:hidden;margin:12px 0;background:var(--sunk)}
.stages i{display:block;background:var(--bar);border-right:1px solid var(--card);min-width:1px}
.stages i:nth-child(even){background:repeating-linear-gradient(135deg,var(--bar) 0 4px,color-mix(in srgb,var(--bar) 60%,var(--card)) 4px 7px)}
.command+button{margin-bottom:16px}
.command{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--sunk);border-radius:8px;padding:12px 16px;margin:8px 0}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:24px 40px}
.prose{max-width:68ch}.prose p+p,.prose li+li{margin-top:8px}
.facts{display:grid;grid-template-columns:minmax(120px,max-content) minmax(0,1fr);gap:4px 16px;font-size:14px}
.facts dt{color:var(--quiet)}.facts dd{overflow-wrap:anywhere}
button.plain{font:inherit;font-size:14px;min-height:32px;padding:0 12px;border:1px solid var(--edge);border-radius:6px;background:var(--card);color:var(--ink);cursor:pointer}
button.plain:hover{border-color:var(--link)}
footer{border-top:1px solid var(--line);padding:24px 0 40px;font-size:14px;color:var(--quiet)}
@media (pointer:coarse){.switch label,summary,button.plain,th button,.top nav a{min-height:44px}.switch legend{line-height:44px}summary{padding:10px 0}}
@media (max-width:900px){.hero-grid{grid-template-columns:minmax(0,1fr)}}
@media (max-width:600px){.top nav{order:3;width:100%;overflow-x:auto}.top nav ul{flex-wrap:nowrap}.top .switch legend{position:absolute;clip-path:inset(50%)}.top nav a:first-child{padding-left:0}.stacked thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}.stacked tr{display:grid;grid-template-columns:1fr 112px;border-bottom:1px solid var(--line);padding:8px 0}.stacked tr:last-child{border:0}.stacked th,.stacked td{border:0;padding:4px 0}.stacked td:nth-child(n+3){grid-column:1/-1}.stacked .share{width:auto}}
@media (max-width:480px){h1{font-size:27px}h1.long{font-size:22px}h1 .mark{width:22px;height:22px;margin-right:8px}.tiles{grid-template-columns:1fr 1fr;gap:8px}.tile{padding:12px}.tile b{font-size:24px}section{padding:32px 0}.hero{padding-top:8px}th,td{padding:8px}}
@media (forced-colors:active){.mark,.chart svg,.legend i,.meter i,.stages i{forced-color-adjust:none}.switch label:has(:checked){outline:2px solid Highlight}}
@media print{:root{color-scheme:light!important}body{background:#fff;font-size:13px}.top nav,.top fieldset,.controls,button,.skip{display:none!important}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}section{padding:16px 0}.panel,.card,figure,tr{break-inside:avoid}.hero-grid{grid-template-columns:1fr 280px}.chart.tall{grid-row:auto}.tiles{grid-template-columns:repeat(5,1fr)}.tile{padding:8px}.tile b{font-size:20px}.tile span{font-size:12px}
th button{display:inline!important;min-height:0}th button::after{content:none!important}table{font-size:11px}table .small,table small{font-size:10px}th,td{padding:3px 5px}thead .number{white-space:normal}tbody th{min-width:80px}
details::details-content{content-visibility:visible;display:block;block-size:auto}.scroll{overflow:visible}}
`;
