/**
 * The columns of every table of the ALMA Science Data Model, versions 3 and 4 (version 4 adds columns, none was removed).
 *
 * A line without indent names a table; its columns follow in the order of the binary form. `name:type`, `?` marks
 * an optional column, `[]` one array axis; a type with a capital is an enumeration. Source: names, order, optional columns and
 * enumerations as in pyasdm (ASDM 4; `scripts/asdm-schema.mjs` compares them), names and optional columns of version 3 as in the
 * XML schemas of demorest/sdmpy, types of numbers and array axes as the row classes of CASA 4 (radio-astro/casa) read them.
 */
export const TABLE_COLUMNS = `
AlmaRadiometer
  almaRadiometerId:tag numAntenna?:int spectralWindowId?:tag[]
Annotation
  annotationId:tag time:time issue:string details:string numAntenna?:int basebandName?:BasebandName[] numBaseband?:int
  interval?:interval dValue?:double vdValue?:double[] vvdValues?:double[][] llValue?:long vllValue?:long[]
  vvllValue?:long[][] sValue?:string antennaId?:tag[]
Antenna
  antennaId:tag name:string antennaMake:AntennaMake antennaType:AntennaType dishDiameter:double position:double[]
  offset:double[] time:time stationId:tag assocAntennaId?:tag
CalAmpli
  antennaName:string atmPhaseCorrection:AtmPhaseCorrection receiverBand:ReceiverBand basebandName:BasebandName
  calDataId:tag calReductionId:tag numReceptor:int polarizationTypes:PolarizationType[] startValidTime:time
  endValidTime:time frequencyRange:double[] apertureEfficiency:float[] apertureEfficiencyError:float[]
  correctionValidity?:bool
CalAntennaSolutions
  antennaName:string atmPhaseCorrection:AtmPhaseCorrection receiverBand:ReceiverBand basebandName:BasebandName
  calDataId:tag calReductionId:tag spectralWindowId:tag startValidTime:time endValidTime:time numReceptor:int
  refAntennaName:string direction:double[] frequencyRange:double[] integrationTime:interval
  polarizationTypes:PolarizationType[] correctionValidity:bool phaseAnt:float[] phaseAntRMS:float[]
  amplitudeAnt:float[] amplitudeAntRMS:float[]
CalAppPhase
  basebandName:BasebandName scanNumber:int calDataId:tag calReductionId:tag startValidTime:time endValidTime:time
  adjustTime:time adjustToken:string phasingMode:string numPhasedAntennas:int phasedAntennas:string[]
  refAntennaIndex:int candRefAntennaIndex:int phasePacking:string numReceptors:int numChannels:int numPhaseValues:int
  phaseValues:float[] numCompare:int numEfficiencies:int compareArray:string[] efficiencyIndices:int[]
  efficiencies:float[][] quality:float[] phasedSumAntenna:string typeSupports?:string numSupports?:int
  phaseSupports?:float[]
CalAtmosphere
  antennaName:string receiverBand:ReceiverBand basebandName:BasebandName calDataId:tag calReductionId:tag
  startValidTime:time endValidTime:time numFreq:int numLoad:int numReceptor:int forwardEffSpectrum:float[][]
  frequencyRange:double[] groundPressure:double groundRelHumidity:double frequencySpectrum:double[]
  groundTemperature:double polarizationTypes:PolarizationType[] powerSkySpectrum:float[][]
  powerLoadSpectrum:float[][][] syscalType:SyscalMethod tAtmSpectrum:double[][] tRecSpectrum:double[][]
  tSysSpectrum:double[][] tauSpectrum:float[][] tAtm:double[] tRec:double[] tSys:double[] tau:float[] water:double[]
  waterError:double[] alphaSpectrum?:float[][] forwardEfficiency?:float[] forwardEfficiencyError?:double[]
  sbGain?:float[] sbGainError?:float[] sbGainSpectrum?:float[][]
CalBandpass
  basebandName:BasebandName sideband:NetSideband atmPhaseCorrection:AtmPhaseCorrection typeCurve:CalCurveType
  receiverBand:ReceiverBand calDataId:tag calReductionId:tag startValidTime:time endValidTime:time numAntenna:int
  numPoly:int numReceptor:int antennaNames:string[] refAntennaName:string freqLimits:double[]
  polarizationTypes:PolarizationType[] curve:float[][][] reducedChiSquared:double[] numBaseline?:int numFreq?:int
  rms?:float[][] frequencyRange?:double[] numSpectralWindow?:int chanFreqStart?:double[] chanFreqStep?:double[]
  numSpectralWindowChan?:int[] spectrum?:float[][][]
CalCurve
  atmPhaseCorrection:AtmPhaseCorrection typeCurve:CalCurveType receiverBand:ReceiverBand calDataId:tag
  calReductionId:tag startValidTime:time endValidTime:time frequencyRange:double[] numAntenna:int numPoly:int
  numReceptor:int antennaNames:string[] refAntennaName:string polarizationTypes:PolarizationType[] curve:float[][][]
  reducedChiSquared:double[] numBaseline?:int rms?:float[][]
CalData
  calDataId:tag startTimeObserved:time endTimeObserved:time execBlockUID:entity calDataType:CalDataOrigin
  calType:CalType numScan:int scanSet:int[] assocCalDataId?:tag assocCalNature?:AssociatedCalNature
  fieldName?:string[] sourceName?:string[] sourceCode?:string[] scanIntent?:ScanIntent[]
CalDelay
  antennaName:string atmPhaseCorrection:AtmPhaseCorrection basebandName:BasebandName receiverBand:ReceiverBand
  calDataId:tag calReductionId:tag startValidTime:time endValidTime:time refAntennaName:string numReceptor:int
  delayError:double[] delayOffset:double[] polarizationTypes:PolarizationType[] reducedChiSquared:double[]
  appliedDelay:double[] crossDelayOffset?:double crossDelayOffsetError?:double numSideband?:int refFreq?:double[]
  refFreqPhase?:double[] sidebands?:ReceiverSideband[]
CalDevice
  antennaId:tag spectralWindowId:tag timeInterval:timespan feedId:int numCalload:int calLoadNames:CalibrationDevice[]
  numReceptor?:int calEff?:float[][] noiseCal?:double[] coupledNoiseCal?:float[][] temperatureLoad?:double[]
CalFlux
  sourceName:string calDataId:tag calReductionId:tag startValidTime:time endValidTime:time numFrequencyRanges:int
  numStokes:int frequencyRanges:double[][] fluxMethod:FluxCalibrationMethod flux:double[][] fluxError:double[][]
  stokes:StokesParameter[] direction?:double[] directionCode?:DirectionReferenceCode directionEquinox?:double
  PA?:double[][] PAError?:double[][] size?:double[][][] sizeError?:double[][][] sourceModel?:SourceModel
CalFocus
  antennaName:string receiverBand:ReceiverBand calDataId:tag calReductionId:tag startValidTime:time endValidTime:time
  ambientTemperature:double atmPhaseCorrection:AtmPhaseCorrection focusMethod:FocusMethod frequencyRange:double[]
  pointingDirection:double[] numReceptor:int polarizationTypes:PolarizationType[] wereFixed:bool[] offset:double[][]
  offsetError:double[][] offsetWasTied:bool[][] reducedChiSquared:double[][] position:double[][]
  polarizationsAveraged?:bool focusCurveWidth?:double[][] focusCurveWidthError?:double[][] focusCurveWasFixed?:bool[]
  offIntensity?:double[] offIntensityError?:double[] offIntensityWasFixed?:bool peakIntensity?:double[]
  peakIntensityError?:double[] peakIntensityWasFixed?:bool astigmPlus?:double[] astigmPlusError?:double[]
  astigmMult?:double[] astigmMultError?:double[] illumOffset?:double[][] illumOffsetError?:double[][] fitRMS?:double[]
CalFocusModel
  antennaName:string receiverBand:ReceiverBand polarizationType:PolarizationType calDataId:tag calReductionId:tag
  startValidTime:time endValidTime:time antennaMake:AntennaMake numCoeff:int numSourceObs:int coeffName:string[]
  coeffFormula:string[] coeffValue:float[] coeffError:float[] coeffFixed:bool[] focusModel:string focusRMS:double[]
  reducedChiSquared:double
CalGain
  calDataId:tag calReductionId:tag startValidTime:time endValidTime:time gain:float gainValid:bool fit:float
  fitWeight:float totalGainValid:bool totalFit:float totalFitWeight:float
CalHolography
  antennaName:string calDataId:tag calReductionId:tag antennaMake:AntennaMake startValidTime:time endValidTime:time
  ambientTemperature:double focusPosition:double[] frequencyRange:double[] illuminationTaper:double numReceptor:int
  polarizationTypes:PolarizationType[] numPanelModes:int receiverBand:ReceiverBand beamMapUID:entity rawRMS:double
  weightedRMS:double surfaceMapUID:entity direction:double[] numScrew?:int screwName?:string[] screwMotion?:double[]
  screwMotionError?:double[] gravCorrection?:bool gravOptRange?:double[] tempCorrection?:bool tempOptRange?:double[]
CalPhase
  basebandName:BasebandName receiverBand:ReceiverBand atmPhaseCorrection:AtmPhaseCorrection calDataId:tag
  calReductionId:tag startValidTime:time endValidTime:time numBaseline:int numReceptor:int ampli:float[][]
  antennaNames:string[][] baselineLengths:double[] decorrelationFactor:float[][] direction:double[]
  frequencyRange:double[] integrationTime:interval phase:float[][] polarizationTypes:PolarizationType[]
  phaseRMS:float[][] statPhaseRMS:float[][] correctionValidity?:bool[] numAntenna?:int singleAntennaName?:string[]
  refAntennaName?:string phaseAnt?:float[][] phaseAntRMS?:float[][]
CalPointing
  antennaName:string receiverBand:ReceiverBand calDataId:tag calReductionId:tag startValidTime:time endValidTime:time
  ambientTemperature:double antennaMake:AntennaMake atmPhaseCorrection:AtmPhaseCorrection direction:double[]
  frequencyRange:double[] pointingModelMode:PointingModelMode pointingMethod:PointingMethod numReceptor:int
  polarizationTypes:PolarizationType[] collOffsetRelative:double[][] collOffsetAbsolute:double[][]
  collError:double[][] collOffsetTied:bool[][] reducedChiSquared:double[] averagedPolarizations?:bool beamPA?:double[]
  beamPAError?:double[] beamPAWasFixed?:bool beamWidth?:double[][] beamWidthError?:double[][]
  beamWidthWasFixed?:bool[] offIntensity?:double[] offIntensityError?:double[] offIntensityWasFixed?:bool
  peakIntensity?:double[] peakIntensityError?:double[] peakIntensityWasFixed?:bool
CalPointingModel
  antennaName:string receiverBand:ReceiverBand calDataId:tag calReductionId:tag startValidTime:time endValidTime:time
  antennaMake:AntennaMake pointingModelMode:PointingModelMode polarizationType:PolarizationType numCoeff:int
  coeffName:string[] coeffVal:float[] coeffError:float[] coeffFixed:bool[] azimuthRMS:double elevationRms:double
  skyRMS:double reducedChiSquared:double numObs?:int coeffFormula?:string[]
CalPosition
  antennaName:string atmPhaseCorrection:AtmPhaseCorrection calDataId:tag calReductionId:tag startValidTime:time
  endValidTime:time antennaPosition:double[] stationName:string stationPosition:double[] positionMethod:PositionMethod
  receiverBand:ReceiverBand numAntenna:int refAntennaNames:string[] axesOffset:double axesOffsetErr:double
  axesOffsetFixed:bool positionOffset:double[] positionErr:double[] reducedChiSquared:double delayRms?:double
  phaseRms?:double
CalPrimaryBeam
  antennaName:string receiverBand:ReceiverBand calDataId:tag calReductionId:tag startValidTime:time endValidTime:time
  antennaMake:AntennaMake numSubband:int frequencyRange:double[][] numReceptor:int
  polarizationTypes:PolarizationType[] mainBeamEfficiency:double[] beamDescriptionUID:entity
  relativeAmplitudeRms:float direction:double[] minValidDirection:double[] maxValidDirection:double[]
  descriptionType:PrimaryBeamDescription imageChannelNumber:int[] imageNominalFrequency:double[]
CalReduction
  calReductionId:tag numApplied:int appliedCalibrations:string[] numParam:int paramSet:string[]
  numInvalidConditions:int invalidConditions:InvalidatingCondition[] timeReduced:time messages:string software:string
  softwareVersion:string
CalSeeing
  atmPhaseCorrection:AtmPhaseCorrection calDataId:tag calReductionId:tag startValidTime:time endValidTime:time
  frequencyRange:double[] integrationTime:interval numBaseLengths:int baselineLengths:double[] phaseRMS:double[]
  seeing:double seeingError:double exponent?:float outerScale?:double outerScaleRMS?:double
CalWVR
  antennaName:string calDataId:tag calReductionId:tag startValidTime:time endValidTime:time wvrMethod:WVRMethod
  numInputAntennas:int inputAntennaNames:string[] numChan:int chanFreq:double[] chanWidth:double[] refTemp:double[][]
  numPoly:int pathCoeff:float[][][] polyFreqLimits:double[] wetPath:float[] dryPath:float[] water:double
  tauBaseline?:float
ConfigDescription
  configDescriptionId:tag numAntenna:int numDataDescription:int numFeed:int correlationMode:CorrelationMode
  numAtmPhaseCorrection:int atmPhaseCorrection:AtmPhaseCorrection[] processorType:ProcessorType
  spectralType:SpectralResolutionType antennaId:tag[] feedId:int[] switchCycleId:tag[] dataDescriptionId:tag[]
  processorId:tag phasedArrayList?:int[] numAssocValues?:int assocNature?:SpectralResolutionType[]
  assocConfigDescriptionId?:tag[]
CorrelatorMode
  correlatorModeId:tag numBaseband:int basebandNames:BasebandName[] basebandConfig:int[] accumMode:AccumMode
  binMode:int numAxes:int axesOrderArray:AxisName[] filterMode:FilterMode[] correlatorName:CorrelatorName
  correlatorSoftwareVersion?:string
DataDescription
  dataDescriptionId:tag polOrHoloId:tag spectralWindowId:tag pulsarId?:tag
DelayModel
  antennaId:tag spectralWindowId:tag timeInterval:timespan numPoly:int phaseDelay:double[] phaseDelayRate:double[]
  groupDelay:double[] groupDelayRate:double[] fieldId:tag timeOrigin?:time atmosphericGroupDelay?:double
  atmosphericGroupDelayRate?:double geometricDelay?:double geometricDelayRate?:double numLO?:int LOOffset?:double[]
  LOOffsetRate?:double[] dispersiveDelay?:double dispersiveDelayRate?:double atmosphericDryDelay?:double
  atmosphericWetDelay?:double padDelay?:double antennaDelay?:double numReceptor?:int
  polarizationType?:PolarizationType[] electronicDelay?:double[] electronicDelayRate?:double[] receiverDelay?:double[]
  IFDelay?:double[] LODelay?:double[] crossPolarizationDelay?:double centerOfArray?:double[] delayModelVersion?:string
  ionosphericDelay?:interval
DelayModelFixedParameters
  delayModelFixedParametersId:tag delayModelVersion:string execBlockId:tag gaussConstant?:double
  newtonianConstant?:double gravity?:double earthFlattening?:double earthRadius?:double moonEarthMassRatio?:double
  ephemerisEpoch?:string earthTideLag?:double earthGM?:double moonGM?:double sunGM?:double loveNumberH?:double
  loveNumberL?:double precessionConstant?:double lightTime1AU?:double speedOfLight?:double delayModelFlags?:string
DelayModelVariableParameters
  delayModelVariableParametersId:tag time:time ut1_utc:double iat_utc:double timeType:DifferenceType gstAtUt0:double
  earthRotationRate:double polarOffsets:double[] polarOffsetsType:DifferenceType delayModelFixedParametersId:tag
  nutationInLongitude?:double nutationInLongitudeRate?:double nutationInObliquity?:double
  nutationInObliquityRate?:double delayModelVersion?:string
Doppler
  dopplerId:int sourceId:int transitionIndex:int velDef:DopplerReferenceCode
Ephemeris
  timeInterval:timespan ephemerisId:int observerLocation:double[] equinoxEquator:double numPolyDir:int dir:double[][]
  numPolyDist:int distance:double[] timeOrigin:time origin:string numPolyRadVel?:int radVel?:double[]
ExecBlock
  execBlockId:tag startTime:time endTime:time execBlockNum:int execBlockUID:entity projectUID:entity configName:string
  telescopeName:string observerName:string numObservingLog:int observingLog:string[] sessionReference:entity
  baseRangeMin:double baseRangeMax:double baseRmsMinor:double baseRmsMajor:double basePa:double aborted:bool
  numAntenna:int antennaId:tag[] sBSummaryId:tag releaseDate?:time schedulerMode?:string siteAltitude?:double
  siteLongitude?:double siteLatitude?:double observingScript?:string observingScriptUID?:entity arrayName?:string
  scaleId?:tag
Feed
  antennaId:tag spectralWindowId:tag timeInterval:timespan feedId:int numReceptor:int beamOffset:double[][]
  focusReference:double[][] polarizationTypes:PolarizationType[] polResponse:complex[][] receptorAngle:double[]
  receiverId:int[] feedNum?:int illumOffset?:double[] position?:double[] skyCoupling?:float numChan?:int
  skyCouplingSpectrum?:float[] receiverGeneration?:int digitizerOffset?:double
Field
  fieldId:tag fieldName:string numPoly:int delayDir:double[][] phaseDir:double[][] referenceDir:double[][] time?:time
  code?:string directionCode?:DirectionReferenceCode directionEquinox?:time assocNature?:string ephemerisId?:int
  sourceId?:int assocFieldId?:tag
Flag
  flagId:tag startTime:time endTime:time reason:string numAntenna:int antennaId:tag[] numPolarizationType?:int
  numSpectralWindow?:int numPairedAntenna?:int numChan?:int polarizationType?:PolarizationType[] channel?:int[][]
  pairedAntennaId?:tag[] spectralWindowId?:tag[]
FlagCmd
  timeInterval:timespan type:string reason:string level:int severity:int applied:bool command:string
Focus
  antennaId:tag timeInterval:timespan focusTracking:bool focusOffset:double[] focusRotationOffset:double[]
  focusModelId:int measuredFocusPosition?:double[] measuredFocusRotation?:double[]
FocusModel
  antennaId:tag focusModelId:int polarizationType:PolarizationType receiverBand:ReceiverBand numCoeff:int
  coeffName:string[] coeffFormula:string[] coeffVal:float[] assocNature:string assocFocusModelId:int
FreqOffset
  antennaId:tag spectralWindowId:tag timeInterval:timespan feedId:int offset:double
GainTracking
  antennaId:tag spectralWindowId:tag timeInterval:timespan feedId:int numReceptor:int attenuator:float[]
  polarizationType:PolarizationType[] samplingLevel?:float numAttFreq?:int attFreq?:double[] attSpectrum?:complex[]
History
  execBlockId:tag time:time message:string priority:string origin:string objectId:string application:string
  cliCommand:string appParms:string
Holography
  holographyId:tag distance:double focus:double numCorr:int type:HolographyChannelType[]
Main
  time:time configDescriptionId:tag fieldId:tag numAntenna:int timeSampling:TimeSampling interval:interval
  numIntegration:int scanNumber:int subscanNumber:int dataSize:long dataUID:entity stateId:tag[] execBlockId:tag
Modulation
  antennaId:tag receiverId:int spectralWindowId:tag timeInterval:timespan localOscillatorOffset:double
  walsh180enabled:bool walsh90enabled:bool walsh180index?:int walsh90index?:int
Observation
  observationId:tag
Pointing
  antennaId:tag timeInterval:timespan numSample:int encoder:double[][] pointingTracking:bool usePolynomials:bool
  timeOrigin:time numTerm:int pointingDirection:double[][] target:double[][] offset:double[][] pointingModelId:int
  overTheTop?:bool sourceOffset?:double[][] sourceOffsetReferenceCode?:DirectionReferenceCode
  sourceOffsetEquinox?:time sampledTimeInterval?:timespan[] atmosphericCorrection?:double[][]
PointingModel
  antennaId:tag pointingModelId:int numCoeff:int coeffName:string[] coeffVal:float[] polarizationType:PolarizationType
  receiverBand:ReceiverBand assocNature:string assocPointingModelId:int coeffFormula?:string[]
Polarization
  polarizationId:tag numCorr:int corrType:StokesParameter[] corrProduct:PolarizationType[][]
PostProcessing
  postProcessingId:tag intent:PostProcessingIntent description?:string numSpectralWindow?:int numScan?:int
  scanNumber?:int[] calibrationStrategy?:string spectralWindowId?:tag[] execBlockId?:tag[]
Processor
  processorId:tag modeId:tag processorType:ProcessorType processorSubType:ProcessorSubType
Pulsar
  pulsarId:tag refTime:time refPulseFreq:double refPhase:double numBin:int numPoly?:int phasePoly?:double[]
  timeSpan?:interval startPhaseBin?:float[] endPhaseBin?:float[] dispersionMeasure?:double refFrequency?:double
Receiver
  receiverId:int spectralWindowId:tag timeInterval:timespan name:string numLO:int frequencyBand:ReceiverBand
  freqLO:double[] receiverSideband:ReceiverSideband sidebandLO:NetSideband[]
SBSummary
  sBSummaryId:tag sbSummaryUID:entity projectUID:entity obsUnitSetUID:entity frequency:double
  frequencyBand:ReceiverBand sbType:SBType sbDuration:interval numObservingMode:int observingMode:string[]
  numberRepeats:int numScienceGoal:int scienceGoal:string[] numWeatherConstraint:int weatherConstraint:string[]
  centerDirection?:double[] centerDirectionCode?:DirectionReferenceCode centerDirectionEquinox?:time
Scale
  scaleId:tag timeScale:TimeScale crossDataScale:DataScale autoDataScale:DataScale weightType:WeightType
Scan
  execBlockId:tag scanNumber:int startTime:time endTime:time numIntent:int numSubscan:int scanIntent:ScanIntent[]
  calDataType:CalDataOrigin[] calibrationOnLine:bool[] calibrationFunction?:CalibrationFunction[]
  calibrationSet?:CalibrationSet[] calPattern?:AntennaMotionPattern[] numField?:int fieldName?:string[]
  sourceName?:string
Seeing
  timeInterval:timespan numBaseLength:int baseLength:double[] phaseRms:double[] seeing:float exponent:float
Source
  sourceId:int timeInterval:timespan spectralWindowId:tag code:string direction:double[] properMotion:double[]
  sourceName:string directionCode?:DirectionReferenceCode directionEquinox?:time calibrationGroup?:int catalog?:string
  deltaVel?:double position?:double[] numLines?:int transition?:string[] restFrequency?:double[] sysVel?:double[]
  rangeVel?:double[] sourceModel?:SourceModel frequencyRefCode?:FrequencyReferenceCode numFreq?:int numStokes?:int
  frequency?:double[] frequencyInterval?:double[] stokesParameter?:StokesParameter[] flux?:double[][]
  fluxErr?:double[][] positionAngle?:double[] positionAngleErr?:double[] size?:double[][] sizeErr?:double[][]
  velRefCode?:RadialVelocityReferenceCode dopplerVelocity?:double[]
  dopplerReferenceSystem?:RadialVelocityReferenceCode dopplerCalcType?:DopplerReferenceCode parallax?:double[]
SpectralWindow
  spectralWindowId:tag basebandName:BasebandName netSideband:NetSideband numChan:int refFreq:double
  sidebandProcessingMode:SidebandProcessingMode totBandwidth:double windowFunction:WindowFunction numBin?:int
  chanFreqStart?:double chanFreqStep?:double chanFreqArray?:double[] chanWidth?:double chanWidthArray?:double[]
  correlationBit?:CorrelationBit effectiveBw?:double effectiveBwArray?:double[] freqGroup?:int freqGroupName?:string
  lineArray?:bool[] measFreqRef?:FrequencyReferenceCode name?:string oversampling?:bool quantization?:bool
  refChan?:double resolution?:double resolutionArray?:double[] numAssocValues?:int
  assocNature?:SpectralResolutionType[] numFactor?:int numBinFactors?:int[] numOrigFreqSlice?:int
  originatingFrequencySlices?:int[] quantizationBits?:int numRequantStage?:int requantization?:bool[]
  requantizationBits?:int[] assocSpectralWindowId?:tag[] imageSpectralWindowId?:tag dopplerId?:int
SquareLawDetector
  squareLawDetectorId:tag numBand:int bandType:DetectorBandType
State
  stateId:tag calDeviceName:CalibrationDevice sig:bool ref:bool onSky:bool weight?:float
Station
  stationId:tag name:string position:double[] type:StationType time?:time
Subscan
  execBlockId:tag scanNumber:int subscanNumber:int startTime:time endTime:time fieldName:string
  subscanIntent:SubscanIntent numIntegration:int numSubintegration:int[] subscanMode?:SwitchingMode
  correlatorCalibration?:CorrelatorCalibration
SwitchCycle
  switchCycleId:tag numStep:int weightArray:float[] dirOffsetArray:double[][] freqOffsetArray:double[]
  stepDurationArray:interval[] directionCode?:DirectionReferenceCode directionEquinox?:time
SysCal
  antennaId:tag spectralWindowId:tag timeInterval:timespan feedId:int numReceptor:int numChan:int tcalFlag?:bool
  tcalSpectrum?:double[][] trxFlag?:bool trxSpectrum?:double[][] tskyFlag?:bool tskySpectrum?:double[][]
  tsysFlag?:bool tsysSpectrum?:double[][] tantFlag?:bool tantSpectrum?:float[][] tantTsysFlag?:bool
  tantTsysSpectrum?:float[][] phaseDiffFlag?:bool phaseDiffSpectrum?:float[][]
SysPower
  antennaId:tag spectralWindowId:tag feedId:int timeInterval:timespan numReceptor:int switchedPowerDifference?:float[]
  switchedPowerSum?:float[] requantizerGain?:float[] numChannels?:int numPolarizationType?:int chanFreqStart?:double
  chanFreqStep?:double switchedPowerDifferenceSpectrum?:float[][] switchedPowerSumSpectrum?:float[][]
  requantizerGainSpectrum?:float[][]
TotalPower
  time:time configDescriptionId:tag fieldId:tag scanNumber:int subscanNumber:int integrationNumber:int uvw:double[][]
  exposure:interval[][] timeCentroid:time[][] floatData:float[][][] flagAnt:int[] flagPol:int[][] interval:interval
  stateId:tag[] execBlockId:tag subintegrationNumber?:int
VLAWVR
  antennaId:tag timeInterval:timespan numChan:int hiValues:float[] loValues:float[] chanFreqCenter?:double[]
  chanWidth?:double[] wvrId?:string
WVMCal
  antennaId:tag spectralWindowId:tag timeInterval:timespan wvrMethod:WVRMethod polyFreqLimits:double[]
  numInputAntenna:int numChan:int numPoly:int pathCoeff:float[][][] refTemp:double[][] inputAntennaId:tag[]
Weather
  stationId:tag timeInterval:timespan pressure?:double relHumidity?:double temperature?:double windDirection?:double
  windSpeed?:double windMax?:double dewPoint?:double numLayer?:int layerHeight?:double[] temperatureProfile?:double[]
  cloudMonitor?:double numWVR?:int wvrTemp?:double[] water?:double
`;
