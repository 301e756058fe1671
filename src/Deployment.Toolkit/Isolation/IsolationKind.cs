namespace Deployment.Toolkit;

/// <summary>What no two environments may have both.</summary>
public enum IsolationKind
{
    /// <summary>A database, whatever it is called.</summary>
    Database,

    /// <summary>The value of a secret, alone or inside a connection string or address.</summary>
    Secret,

    /// <summary>A machine that is talked to.</summary>
    Host,

    /// <summary>An account, project, tenant or subscription of a provider.</summary>
    Account,

    /// <summary>A bucket or container of files.</summary>
    Bucket,

    /// <summary>A queue, topic or exchange.</summary>
    Queue,
}
