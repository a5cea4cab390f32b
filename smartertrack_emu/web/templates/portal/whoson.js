/* Tells the helpdesk which pages of this site are opened. An invitation to a chat comes as the event
   "smartertrack:invitation" of the document; its detail holds id, agent and message. */
(function (settings) {
  "use strict";
  var known = window.smartertrackWhosOn;
  if (!settings.tracked || navigator.doNotTrack === "1" || navigator.globalPrivacyControl) {
    return;
  }
  if (!known) {
    known = window.smartertrackWhosOn = { visitor: visitor(), invitation: null };
    var picture = new Image(1, 1);
    picture.src = settings.picture + "?v=" + encodeURIComponent(known.visitor)
      + "&page=" + encodeURIComponent(location.href.split("#")[0].slice(0, 2000))
      + "&title=" + encodeURIComponent(document.title.slice(0, 200))
      + (settings.brand ? "&brand=" + encodeURIComponent(settings.brand) : "");
    window.setInterval(ask, settings.seconds * 1000);
  }
  if (settings.invitation && settings.invitation.id !== known.invitation) {
    known.invitation = settings.invitation.id;
    document.dispatchEvent(new CustomEvent("smartertrack:invitation", { detail: settings.invitation }));
  }

  function visitor() {
    var found = document.cookie.match(new RegExp("(?:^|; )" + settings.cookie + "=([A-Za-z0-9_-]{1,64})"));
    if (found) {
      return found[1];
    }
    var bytes = new Uint8Array(16), made = "";
    window.crypto.getRandomValues(bytes);
    for (var index = 0; index < bytes.length; index += 1) {
      made += ("0" + bytes[index].toString(16)).slice(-2);
    }
    document.cookie = settings.cookie + "=" + made + "; path=/; SameSite=Lax";
    return made;
  }

  function ask() {
    var script = document.createElement("script");
    script.src = settings.script + "?v=" + encodeURIComponent(known.visitor);
    script.onload = script.onerror = function () { script.remove(); };
    document.head.appendChild(script);
  }
})({{ settings | tojson }});
