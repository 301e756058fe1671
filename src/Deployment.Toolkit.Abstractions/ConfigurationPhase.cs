namespace Deployment.Toolkit;

/// <summary>When a configuration is looked at. A rule of one phase holds in the later ones too.</summary>
public enum ConfigurationPhase
{
    /// <summary>While an image or package is built: no secrets are there, and none is asked for.</summary>
    Build,

    /// <summary>When the app starts. The default.</summary>
    Start,

    /// <summary>When a release is checked or deployed by a verb.</summary>
    Deploy,
}
