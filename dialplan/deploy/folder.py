MARKER = "; Written by the console. Changes to this file are lost: put your own into the file that the last line includes."
