// Starts the pages.

import { el, replace } from './dom.js';
import { Header } from './header.js';
import { askLoginAgain } from './login_again.js';
import { onConnection } from './connection.js';
import { onLoginOver } from './api.js';
import { focusPage, refresh, route, startRouter } from './router.js';
import { startKeeping } from './queue_keeper.js';
import { t, useLanguage } from './strings.js';
import { openDates } from './page_dates.js';
import { openDoor } from './page_door.js';
import { openHall } from './page_hall.js';
import { openHold } from './page_hold.js';
import { openLogin } from './page_login.js';
import { openOffice, openOfficeList } from './page_office.js';
import { openQueue } from './page_queue.js';
import { openShows } from './page_shows.js';
import { openTicket, openTickets } from './page_tickets.js';
import { openWallet } from './page_wallet.js';

route('/', openShows);
route('/shows/:show', openDates);
route('/shows/:show/queue', openQueue);
route('/shows/:show/dates/:performance', openHall);
route('/holds/:performance/:hold', openHold);
route('/wallet', openWallet);
route('/tickets', openTickets);
route('/tickets/:performance/:hold', openTicket);
route('/login', openLogin);
route('/door', openDoor);
route('/office', openOfficeList);
route('/office/:show/:performance', openOffice);

const banner = document.getElementById('banner');
const header = new Header(document.getElementById('top'), async (language) => {
  await useLanguage(language);
  header.show();
  await refresh();
});

// "#page" would be an address to the router.
document.getElementById('skip').addEventListener('click', (event) => {
  event.preventDefault();
  focusPage();
});

await useLanguage();
onConnection((connected) => {
  replace(banner, connected ? [] : el('p', {}, t('error.reconnecting')));
  banner.classList.toggle('shown', !connected);
});
onLoginOver(askLoginAgain);
startKeeping();
await startRouter(() => header.show());
