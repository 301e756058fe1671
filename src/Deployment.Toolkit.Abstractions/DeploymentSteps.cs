namespace Deployment.Toolkit;

/// <summary>The names of the built-in steps, in their order; an app's own steps stand before or after one of them.</summary>
public static class DeploymentSteps
{
    /// <summary>Validates the app's options.</summary>
    public const string CheckConfiguration = "check configuration";

    /// <summary>Copies the database, when migrations are pending.</summary>
    public const string BackUp = "back up";

    /// <summary>Applies pending migrations.</summary>
    public const string Migrate = "migrate";

    /// <summary>Puts the release's code live.</summary>
    public const string Activate = "activate";

    /// <summary>Waits until the app's health checks agree.</summary>
    public const string VerifyHealth = "verify health";

    /// <summary>Records that the release is verified in the environment.</summary>
    public const string MarkVerified = "mark verified";
}
