"""What scripts of the ALMA pipeline find: the context of h_init, and one sentence for each task that is not here."""

import qa2_python2
import qa2_session
from qa2_engine import CasaUsageError, absent_task

SPACE = qa2_session.SPACE

_ABSENT = """
h_applycal h_export_calstate h_exportdata h_import_calstate h_importdata h_mssplit h_resume h_show_calstate h_tsyscal h_weblog
hif_analyzealpha hif_antpos hif_applycal hif_bandpass hif_bpflagchans hif_checkproductsize hif_cleanlist hif_correctedampflag
hif_editimlist hif_exportdata hif_findcont hif_findroi hif_gaincal hif_gainflag hif_lowgainflag hif_makecleanlist
hif_makecutoutimages hif_makeimages hif_makeimlist hif_makermsimages hif_mstransform hif_rawflagchans hif_refant hif_selfcal
hif_setjy hif_setmodels hif_transformimagedata hif_uvcontfit hif_uvcontsub hifa_antpos hifa_bandpass hifa_bandpassflag
hifa_bpsolint hifa_diffgaincal hifa_exportdata hifa_flagdata hifa_flagtargets hifa_fluxcalflag hifa_fluxdb hifa_gaincalsnr
hifa_gfluxscale hifa_gfluxscaleflag hifa_imageprecheck hifa_linpolcal hifa_lock_refant hifa_polcal hifa_polcalflag hifa_renorm
hifa_session_refant hifa_spwphaseup hifa_targetflag hifa_timegaincal hifa_tsyscal hifa_tsysflag hifa_tsysflagcontamination
hifa_unlock_refant hifa_wvrgcal hifa_wvrgcalflag hsd_applycal hsd_atmcor hsd_baseline hsd_blflag hsd_exportdata hsd_flagdata
hsd_imaging hsd_importdata hsd_k2jycal hsd_restoredata hsd_skycal hsd_tsysflag
""".split()


class _State:
    """ProjectSummary and the like: whatever the script puts there."""


class Context:
    """What h_init returns; scripts describe their project in it."""

    def __init__(self):
        self.project_summary, self.project_structure = _State(), _State()
        self.project_performance_parameters = _State()

    def set_state(self, cls, name, value):
        parts = {
            'ProjectSummary': self.project_summary,
            'ProjectStructure': self.project_structure,
            'PerformanceParameters': self.project_performance_parameters,
        }
        if cls not in parts:
            raise CasaUsageError('set_state: %s is none of %s.' % (cls, ', '.join(sorted(parts))))
        setattr(parts[cls], name, value)


class _Init:
    """h_init: the declared task, with the context as its result."""

    def __init__(self, task):
        self._task, self.__name__ = task, task.__name__

    def __call__(self, *positional, **named):
        self._task(*positional, **named)
        return Context()

    @property
    def __doc__(self):
        return self._task.__doc__

    __repr__ = lambda self: repr(self._task)


def _absent(name):
    kind = 'single-dish ' if name.startswith('hsd') else ''
    return absent_task(
        name,
        '%s() is a %stask of the ALMA pipeline that is not available here: packages are restored with what was delivered '
        '(h_init, hifa_restoredata, h_save), and the pipeline is not run again.' % (name, kind),
    )


def attach():
    """Puts the pipeline's names into the namespace of scripts."""
    for name in _ABSENT:
        SPACE[name] = _absent(name)
    SPACE['h_init'] = _Init(SPACE['h_init'])
    names = {name: value for name, value in SPACE.items() if name.startswith(('h_', 'hif_', 'hifa_', 'hsd_'))}
    cli = qa2_python2._add_module('pipeline.cli', **names)
    pipeline = qa2_python2._add_module('pipeline', initcli=lambda *_scopes: None, cli=cli)
    pipeline.__path__ = []


qa2_session.HIDDEN.append('qa2_pipeline.py')
