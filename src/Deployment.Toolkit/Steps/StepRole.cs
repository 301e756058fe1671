namespace Deployment.Toolkit.Steps;

/// <summary>
/// What a step is for in the plans of the engine. The first ones are the steps of an <c>up</c>, in its order; several may have one role.
/// </summary>
internal enum StepRole
{
    CheckConfiguration,
    BackUp,
    Migrate,
    Activate,
    VerifyHealth,
    MarkVerified,

    /// <summary>The first that belongs to other plans.</summary>
    RestoreBackup,
    PinConfiguration,
    UnpinConfiguration,
    RenewSecret,
    VerifySecret,
    RetireSecret,

    /// <summary>One of the app's own, which stands where it was registered.</summary>
    Own,
}
