import { createRouter, createWebHashHistory } from 'vue-router'
import TodayScreen from '@/screens/TodayScreen.vue'

/** The form screen brings the form engine along, so it is loaded when it is needed (and stored for offline). */
export const router = createRouter({
  history: createWebHashHistory('/app/'),
  routes: [
    { path: '/', name: 'today', component: TodayScreen },
    {
      path: '/meedoen/:code',
      name: 'enrol',
      component: () => import('@/screens/EnrolScreen.vue'),
      props: true,
    },
    { path: '/adressen', name: 'addresses', component: () => import('@/screens/AddressesScreen.vue') },
    { path: '/adressen/nieuw', name: 'new-door', component: () => import('@/screens/NewDoorScreen.vue') },
    {
      path: '/formulier/:draftId',
      name: 'form',
      component: () => import('@/screens/FormScreen.vue'),
      props: true,
    },
    { path: '/verstuurd', name: 'sent', component: () => import('@/screens/SentScreen.vue') },
    {
      path: '/verstuurd/:subjectId',
      name: 'sent-item',
      component: () => import('@/screens/SentItemScreen.vue'),
      props: true,
    },
    {
      path: '/schouw/:roundId',
      name: 'routes',
      component: () => import('@/screens/RoutesScreen.vue'),
      props: true,
    },
    {
      path: '/lopen/:walkId',
      name: 'walk',
      component: () => import('@/screens/WalkScreen.vue'),
      props: true,
    },
    {
      path: '/lopen/:walkId/einde',
      name: 'walk-end',
      component: () => import('@/screens/WalkEndScreen.vue'),
      props: true,
    },
    {
      path: '/lopen/:walkId/:draftId',
      name: 'capture',
      component: () => import('@/screens/CaptureScreen.vue'),
      props: true,
    },
    { path: '/proef', name: 'preview', component: () => import('@/screens/PreviewScreen.vue') },
    { path: '/:rest(.*)*', redirect: { name: 'today' } },
  ],
})
