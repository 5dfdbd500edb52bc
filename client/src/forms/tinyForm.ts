import { openForm } from './engine'

const TINY_FORM = `<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>-</h:title><model><instance><data id="-"><a/><b/></data></instance>
<bind nodeset="/data/a" type="string" constraint="string-length(.) &lt; 5"/>
<bind nodeset="/data/b" type="string" relevant=" /data/a != ''"/></model></h:head>
<h:body><input ref="/data/a"><label>a</label></input><input ref="/data/b"><label>b</label></input></h:body></h:html>`

/** Makes the engine do once what is slow the first time. */
export async function readTinyForm(): Promise<void> {
  await openForm(TINY_FORM, { lists: {} }, null)
}
