namespace Deployment.Toolkit;

/// <summary>What an app does about its schema when it starts, before anything of it serves.</summary>
public enum SchemaOnStart
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>It fails to start while migrations of this binary are not applied.</summary>
    VerifyOnly,

    /// <summary>It waits until somebody, <c>deploy up</c> say, has applied them.</summary>
    WaitForSchema,

    /// <summary>
    /// It deploys itself, as <c>deploy up</c> does: of several that start at once one migrates, and the others wait for it.
    /// </summary>
    Apply,
}
