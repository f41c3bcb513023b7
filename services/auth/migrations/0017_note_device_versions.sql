-- What a device says it runs, when it is paired and at each renewal: an old one in the list is a screen to look after.
alter table devices add column software_version text;
