CREATE TABLE ZSHORTCUT (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZACTIONCOUNT INTEGER, ZDELETED INTEGER,
  ZCREATIONDATE TIMESTAMP, ZMODIFICATIONDATE TIMESTAMP, ZACTIONSDESCRIPTION VARCHAR, ZASSOCIATEDAPPBUNDLEIDENTIFIER VARCHAR,
  ZNAME VARCHAR, ZSOURCE VARCHAR);
CREATE TABLE ZSHORTCUTACTIONS (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZSHORTCUT INTEGER, ZDATA BLOB);
INSERT INTO ZSHORTCUT VALUES (1, 6, 1, 3, 0, 489312000, 489400000.5, 'Abrir URL', 'com.example.notes', 'Cada mañana', 'Gallery');
INSERT INTO ZSHORTCUT VALUES (2, 6, 1, 0, 1, 489312001, NULL, NULL, NULL, NULL, NULL);
-- one whose shortcut is gone
INSERT INTO ZSHORTCUTACTIONS VALUES (1, 7, 1, 1, CAST('<plist><array>
<dict><key>WFWorkflowActionIdentifier</key><string>is.workflow.actions.url</string>
<key>WFWorkflowActionParameters</key><dict><key>WFURLActionURL</key><string>https://bad.example/a</string></dict></dict>
<dict><key>WFWorkflowActionIdentifier</key><string>is.workflow.actions.runsshscript</string>
<key>WFWorkflowActionParameters</key><dict><key>WFSSHHost</key><string>host.bad.example</string><key>n</key><integer>22</integer></dict></dict>
<dict><key>WFWorkflowActionIdentifier</key><string>is.workflow.actions.nothing</string></dict>
</array></plist>' AS BLOB));
INSERT INTO ZSHORTCUTACTIONS VALUES (2, 7, 1, 9, CAST('<plist><array><dict><key>WFWorkflowActionIdentifier</key><string>is.workflow.actions.openurl</string>
<key>WFWorkflowActionParameters</key><dict><key>WFInput</key><string>www.gone.example</string></dict></dict></array></plist>' AS BLOB));
